//! The UI: its packages and its build, each made again only when what it comes from changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::commands::{npm, run};
use crate::paths::Paths;

/// What the built UI comes from.
const SOURCES: [&str; 6] = [
    "src",
    "index.html",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
];

/// Installs the packages that package-lock.json names, unless they are there.
pub(crate) fn install(paths: &Paths) -> Result<()> {
    let stamp = Stamp::of(paths, "packages", &["package.json", "package-lock.json"])?;
    if stamp.is_current() {
        return Ok(());
    }
    println!("The UI's packages are missing or changed: npm ci");
    run(
        &mut npm(paths, &["ci", "--no-audit", "--no-fund", "--loglevel=error"]),
        "Installing the UI's packages",
    )?;
    stamp.renew()
}

/// Builds ui/dist, unless it is current.
pub(crate) fn build(paths: &Paths) -> Result<()> {
    let stamp = Stamp::of(paths, "built", &SOURCES)?;
    if stamp.is_current() && paths.ui().join("dist/index.html").is_file() {
        return Ok(());
    }
    run(&mut npm(paths, &["run", "build"]), "Building the UI")?;
    stamp.renew()
}

/// Remembers of which files something was made. It lies in node_modules, so `npm ci` forgets it.
struct Stamp {
    path: PathBuf,
    mark: String,
}

impl Stamp {
    fn of(paths: &Paths, name: &str, sources: &[&str]) -> Result<Self> {
        let ui = paths.ui();
        let mut hasher = DefaultHasher::new();
        for source in sources {
            hash_all(&ui.join(source), &ui, &mut hasher)
                .with_context(|| format!("ui/{source} can't be read"))?;
        }
        Ok(Self {
            path: ui.join("node_modules").join(format!(".cobro-{name}")),
            mark: format!("{:016x}", hasher.finish()),
        })
    }

    fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|known| known == self.mark)
    }

    fn renew(&self) -> Result<()> {
        fs::write(&self.path, &self.mark).with_context(|| format!("{} can't be written", self.path.display()))
    }
}

/// Hashes a file, or every file in a folder, with its name.
fn hash_all(path: &Path, base: &Path, hasher: &mut DefaultHasher) -> std::io::Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<Vec<_>>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| hash_all(entry, base, hasher));
    }
    path.strip_prefix(base).unwrap_or(path).hash(hasher);
    fs::read(path)?.hash(hasher);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(folder: &Path) -> u64 {
        let mut hasher = DefaultHasher::new();
        hash_all(folder, folder, &mut hasher).unwrap();
        hasher.finish()
    }

    #[test]
    fn a_changed_or_renamed_source_is_noticed() {
        let folder = std::env::temp_dir().join(format!("cobro-xtask-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/a"), "1").unwrap();
        let first = mark(&folder);
        assert_eq!(first, mark(&folder));
        fs::write(folder.join("src/a"), "2").unwrap();
        let second = mark(&folder);
        fs::rename(folder.join("src/a"), folder.join("src/b")).unwrap();
        assert!(first != second && second != mark(&folder));
        fs::remove_dir_all(folder).unwrap();
    }
}
