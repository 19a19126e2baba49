//! Form bodies and queries with Stripe's nested brackets: `line_items[0][price_data][currency]=mxn`.

use super::refusal::Refusal;

/// Deeper than any parameter of Stripe's.
const DEEPEST: usize = 12;

/// A form as it was sent, not yet checked against what an endpoint takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    Text(String),
    Branch(Vec<(String, Form)>),
}

impl Form {
    pub(crate) fn empty() -> Self {
        Self::Branch(Vec::new())
    }

    /// Reads an urlencoded body or query.
    pub(crate) fn read(encoded: &[u8]) -> Result<Self, Refusal> {
        let mut form = Self::empty();
        for (name, value) in url::form_urlencoded::parse(encoded) {
            let keys = keys_from_name(&name).ok_or_else(|| odd_name(&name))?;
            form.put(&keys, value.into_owned())
                .ok_or_else(|| odd_name(&name))?;
        }
        Ok(form)
    }

    pub(crate) fn branches(&self) -> &[(String, Form)] {
        match self {
            Self::Text(_) => &[],
            Self::Branch(branches) => branches,
        }
    }

    fn put(&mut self, keys: &[&str], value: String) -> Option<()> {
        let Some((key, rest)) = keys.split_first() else {
            *self = Self::Text(value);
            return Some(());
        };
        let Self::Branch(branches) = self else { return None };
        let key = if key.is_empty() {
            next_index(branches, rest)
        } else {
            (*key).to_owned()
        };
        if let Some((_, branch)) = branches.iter_mut().find(|(name, _)| *name == key) {
            return branch.put(rest, value);
        }
        let mut branch = Self::empty();
        branch.put(rest, value)?;
        branches.push((key, branch));
        Some(())
    }
}

/// Returns where `a[]` goes: a new element, or the last one while it still lacks the key.
fn next_index(branches: &[(String, Form)], rest: &[&str]) -> String {
    let lacks = |branch: &Form, key: &str| branch.branches().iter().all(|(name, _)| name != key);
    match (branches.last(), rest.first()) {
        (Some((name, last)), Some(key)) if lacks(last, key) => name.clone(),
        _ => branches.len().to_string(),
    }
}

/// Splits `a[b][0]` into `a`, `b`, `0`.
fn keys_from_name(name: &str) -> Option<Vec<&str>> {
    let Some((head, tail)) = name.split_once('[') else {
        return Some(vec![name]);
    };
    let inner = tail.strip_suffix(']')?;
    let mut keys = vec![head];
    keys.extend(inner.split("]["));
    let clean = keys.iter().all(|key| !key.contains(['[', ']']));
    (clean && !head.is_empty() && keys.len() <= DEEPEST).then_some(keys)
}

fn odd_name(name: &str) -> Refusal {
    Refusal::invalid(format!("Invalid parameter name: {name}")).param(name)
}

#[cfg(test)]
mod tests {
    use super::Form;

    fn text(value: &str) -> Form {
        Form::Text(value.to_owned())
    }

    fn branch(branches: Vec<(&str, Form)>) -> Form {
        Form::Branch(
            branches
                .into_iter()
                .map(|(name, form)| (name.to_owned(), form))
                .collect(),
        )
    }

    #[test]
    fn nested_brackets_become_a_tree() {
        let form = Form::read(b"a[0][b][c]=1&a[0][d]=x%20y&e=%5B&f[]=1&f[]=2").unwrap();
        let first = branch(vec![("b", branch(vec![("c", text("1"))])), ("d", text("x y"))]);
        let list = branch(vec![("0", text("1")), ("1", text("2"))]);
        assert_eq!(
            form,
            branch(vec![
                ("a", branch(vec![("0", first)])),
                ("e", text("[")),
                ("f", list)
            ])
        );
    }

    #[test]
    fn unnumbered_objects_start_anew_when_a_key_repeats() {
        let form = Form::read(b"l[][p]=1&l[][q]=2&l[][p]=3").unwrap();
        let first = branch(vec![("p", text("1")), ("q", text("2"))]);
        let second = branch(vec![("p", text("3"))]);
        assert_eq!(
            form,
            branch(vec![("l", branch(vec![("0", first), ("1", second)]))])
        );
    }

    #[test]
    fn a_name_that_is_both_text_and_object_is_refused() {
        assert!(Form::read(b"a=1&a[b]=2").is_err());
        assert!(Form::read(b"a[b=1").is_err());
    }
}
