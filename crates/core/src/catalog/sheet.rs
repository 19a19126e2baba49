//! The catalog as a table that spreadsheets open, and back: every bad line is named, nothing is half taken over.

use std::collections::HashMap;

use crate::domain::{
    Currency, Difference, ImportProblem, Money, OptionGroup, OptionValue, Product, ProductDraft, ProductId,
    Tax,
};
use crate::order::money_of;
use crate::{Error, Result};

/// A catalog file larger than this is none.
const LARGEST: usize = 8 * 1024 * 1024;
const MOST_ROWS: usize = 20_000;
const COLUMNS: [&str; 11] = [
    "id",
    "name",
    "description",
    "sku",
    "aliases",
    "price",
    "currency",
    "stock",
    "options",
    "tax_code",
    "active",
];

/// A row that can be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SheetRow {
    /// Counted as a spreadsheet does: the heading is 1.
    pub line: u32,
    /// The product that it says it is.
    pub id: Option<ProductId>,
    pub draft: ProductDraft,
    pub active: bool,
    /// Which columns the file has: what it says nothing of stays as it is.
    pub says: Says,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one per column that a file may lack"
)]
pub(super) struct Says {
    pub description: bool,
    pub aliases: bool,
    pub sku: bool,
    pub stock: bool,
    pub options: bool,
    pub tax: bool,
    pub active: bool,
}

/// Writes the products as a table.
pub(super) fn write(products: &[Product]) -> Result<String> {
    let mut sheet = csv::Writer::from_writer(Vec::new());
    sheet.write_record(COLUMNS).map_err(unwritten)?;
    for product in products {
        let row = [
            product.id.to_string(),
            product.name.clone(),
            product.description.clone(),
            product.sku.clone().unwrap_or_default(),
            product.aliases.join(" | "),
            product.price.decimal(),
            product.price.currency().to_string(),
            product.stock.map(|stock| stock.to_string()).unwrap_or_default(),
            options_text(&product.options, product.price.currency()),
            product
                .tax
                .as_ref()
                .and_then(|tax| tax.code.clone())
                .unwrap_or_default(),
            if product.active { "yes" } else { "no" }.to_owned(),
        ];
        sheet
            .write_record(row.iter().map(|cell| safe(cell)))
            .map_err(unwritten)?;
    }
    let bytes = sheet
        .into_inner()
        .map_err(|error| unwritten(error.into_error()))?;
    // Spreadsheets take a file for UTF-8 if it begins so.
    String::from_utf8(bytes)
        .map(|text| format!("\u{feff}{text}"))
        .map_err(unwritten)
}

fn unwritten(error: impl Into<anyhow::Error>) -> Error {
    Error::Other(error.into().context("The catalog could not be written"))
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe, which it doesn't show.
/// A stock below zero is a number and stays one.
fn safe(cell: &str) -> String {
    let is_number = cell
        .strip_prefix('-')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) && !is_number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Takes the apostrophe away that [`safe`] put there.
fn unsafe_again(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => rest,
        _ => cell,
    }
}

/// Reads a table. Returns what can be taken over, and every problem there is.
pub(super) fn read(bytes: &[u8], default: Currency) -> Result<(Vec<SheetRow>, Vec<ImportProblem>)> {
    if bytes.len() > LARGEST {
        return Err(Error::Invalid(
            "The file is larger than 8 MB, which no catalog is. Choose the file of the catalog".into(),
        ));
    }
    let text = text_of(bytes)?;
    let mut sheet = csv::ReaderBuilder::new()
        .delimiter(delimiter_of(&text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let columns = columns_of(sheet.headers().map_err(unreadable)?)?;
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (at, record) in sheet.records().enumerate() {
        if at >= MOST_ROWS {
            return Err(Error::Invalid(format!(
                "The file has more than {MOST_ROWS} rows. Split it in several"
            )));
        }
        let record = record.map_err(unreadable)?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = record
            .position()
            .and_then(|position| u32::try_from(position.line()).ok())
            .unwrap_or(0);
        match row_of(
            line,
            &Cells {
                record: &record,
                columns: &columns,
            },
            default,
        ) {
            Ok(row) => rows.push(row),
            Err(problem) => problems.push(problem),
        }
    }
    if rows.is_empty() && problems.is_empty() {
        return Err(Error::Invalid(
            "The file has a heading and no products. Add one row for each product".into(),
        ));
    }
    problems.extend(twice(&rows));
    problems.sort_by_key(|problem| problem.line);
    Ok((rows, problems))
}

fn text_of(bytes: &[u8]) -> Result<String> {
    std::str::from_utf8(bytes)
        .map(|text| text.trim_start_matches('\u{feff}').to_owned())
        .map_err(|_| {
            Error::Invalid(
                "The file is not UTF-8 text. In your spreadsheet choose “Save as” and “CSV UTF-8”, and import that".into(),
            )
        })
}

fn unreadable(error: csv::Error) -> Error {
    Error::Invalid(format!(
        "The file can't be read as a table: {error}. Save it as CSV from your spreadsheet, and import that"
    ))
}

/// Spreadsheets of half the world write semicolons.
fn delimiter_of(text: &str) -> u8 {
    let heading = text.lines().next().unwrap_or_default();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|mark| (heading.bytes().filter(|byte| byte == mark).count(), *mark == b','))
        .unwrap_or(b',')
}

/// Returns where each column stands, by its name in three languages.
fn columns_of(heading: &csv::StringRecord) -> Result<HashMap<&'static str, usize>> {
    let mut columns = HashMap::new();
    for (at, name) in heading.iter().enumerate() {
        if let Some(column) = column_of(&name.trim().to_lowercase()) {
            columns.entry(column).or_insert(at);
        }
    }
    for needed in ["name", "price"] {
        if !columns.contains_key(needed) {
            return Err(Error::Invalid(format!(
                "The file has no column {needed:?}. Its first line must name the columns; at least name and price"
            )));
        }
    }
    Ok(columns)
}

fn column_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "id" => "id",
        "name" | "nombre" | "nome" | "title" | "título" | "titulo" | "producto" | "produto" | "product" => {
            "name"
        }
        "description" | "descripción" | "descripcion" | "descrição" | "descricao" => "description",
        "sku" | "code" | "código" | "codigo" | "retailer_id" => "sku",
        "aliases" | "alias" | "otros nombres" | "outros nomes" => "aliases",
        "price" | "precio" | "preço" | "preco" => "price",
        "currency" | "moneda" | "moeda" => "currency",
        "stock" | "existencias" | "estoque" | "inventario" | "quantity" => "stock",
        "options" | "opciones" | "opções" | "opcoes" => "options",
        "tax_code" => "tax_code",
        "active" | "activo" | "ativo" => "active",
        _ => return None,
    })
}

struct Cells<'a> {
    record: &'a csv::StringRecord,
    columns: &'a HashMap<&'static str, usize>,
}

impl Cells<'_> {
    fn get(&self, column: &str) -> &str {
        let cell = self.columns.get(column).and_then(|at| self.record.get(*at));
        unsafe_again(cell.unwrap_or_default())
    }

    fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }
}

fn row_of(line: u32, cells: &Cells<'_>, default: Currency) -> Result<SheetRow, ImportProblem> {
    let bad = |field: &str, text: String| ImportProblem {
        line,
        field: field.to_owned(),
        value: cells.get(field).chars().take(60).collect(),
        text,
    };
    let id = match cells.get("id") {
        "" => None,
        id => Some(id.parse::<ProductId>().map_err(|_| {
            bad(
                "id",
                "This is no id of Cobro's. Leave the cell empty for a new product".into(),
            )
        })?),
    };
    let currency = match cells.get("currency") {
        "" => default,
        code => Currency::from_code(code)
            .map_err(|error| bad("currency", format!("{error}. Write one such as MXN")))?,
    };
    let price = price_of(cells.get("price"), currency).map_err(|text| bad("price", text))?;
    let stock = match cells.get("stock") {
        "" => None,
        stock => Some(stock.parse::<i32>().map_err(|_| {
            bad(
                "stock",
                "This is no whole number. Write how many are left, or leave it empty".into(),
            )
        })?),
    };
    let options = options_of(cells.get("options"), currency).map_err(|text| bad("options", text))?;
    let active = active_of(cells.get("active")).map_err(|text| bad("active", text))?;
    let code = Some(cells.get("tax_code").to_owned()).filter(|code| !code.is_empty());
    let draft = ProductDraft {
        description: cells.get("description").to_owned(),
        aliases: cells
            .get("aliases")
            .split('|')
            .map(|alias| alias.trim().to_owned())
            .collect(),
        sku: Some(cells.get("sku").to_owned()),
        options,
        stock,
        tax: code.map(|code| Tax {
            behavior: None,
            code: Some(code),
        }),
        ..ProductDraft::new(cells.get("name"), price)
    };
    let draft = draft.checked().map_err(|error| bad("name", error.to_string()))?;
    Ok(SheetRow {
        line,
        id,
        draft,
        active,
        says: Says {
            description: cells.has("description"),
            aliases: cells.has("aliases"),
            sku: cells.has("sku"),
            stock: cells.has("stock"),
            options: cells.has("options"),
            tax: cells.has("tax_code"),
            active: cells.has("active"),
        },
    })
}

fn price_of(text: &str, currency: Currency) -> Result<Money, String> {
    let plain = text.trim_start_matches('$').replace([' ', '\u{a0}'], "");
    let written = match (plain.contains('.'), plain.matches(',').count()) {
        (false, 1) => {
            let is_group = plain.rsplit(',').next().is_some_and(|tail| tail.len() == 3);
            if is_group && currency.exponent() != 3 {
                return Err(format!(
                    "{text:?} may be thousands or decimals. Write it without separators, such as 1250.00"
                ));
            }
            plain.replace(',', ".")
        }
        _ => plain,
    };
    money_of(&written, currency).ok_or_else(|| {
        format!(
            "{text:?} is no price in {currency}. Write digits with a point, such as 1250.00, and at most {} decimals",
            currency.exponent()
        )
    })
}

fn active_of(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "" | "yes" | "true" | "1" | "sí" | "si" | "sim" | "verdadero" | "verdadeiro" => Ok(true),
        "no" | "false" | "0" | "não" | "nao" | "falso" => Ok(false),
        _ => Err("Write yes or no".into()),
    }
}

/// Returns options as a cell has them: `Size: Small | Large +150.00; Flavour: Vanilla | Chocolate`.
fn options_text(options: &[OptionGroup], currency: Currency) -> String {
    let groups: Vec<String> = options
        .iter()
        .map(|group| {
            let values: Vec<String> = group
                .values
                .iter()
                .map(|value| value_text(value, currency))
                .collect();
            format!("{}: {}", group.name, values.join(" | "))
        })
        .collect();
    groups.join("; ")
}

fn value_text(value: &OptionValue, currency: Currency) -> String {
    let minor = value.difference.minor();
    if minor == 0 {
        return value.name.clone();
    }
    let sign = if minor < 0 { '-' } else { '+' };
    let size = Money::from_minor(minor.abs(), currency)
        .map(Money::decimal)
        .unwrap_or_default();
    format!("{} {sign}{size}", value.name)
}

fn options_of(text: &str, currency: Currency) -> Result<Vec<OptionGroup>, String> {
    text.split(';')
        .map(str::trim)
        .filter(|group| !group.is_empty())
        .map(|group| {
            let (name, values) = group.split_once(':').ok_or_else(|| {
                format!("{group:?} has no values. Write options like “Size: Small | Large +150.00”")
            })?;
            Ok(OptionGroup {
                name: name.trim().to_owned(),
                values: values
                    .split('|')
                    .map(|value| value_of(value.trim(), currency))
                    .collect::<Result<_, _>>()?,
            })
        })
        .collect()
}

fn value_of(text: &str, currency: Currency) -> Result<OptionValue, String> {
    let plain = OptionValue {
        name: text.to_owned(),
        difference: Difference::default(),
    };
    let Some((name, last)) = text.rsplit_once(' ') else {
        return Ok(plain);
    };
    let Some((sign, digits)) = last
        .strip_prefix('+')
        .map(|digits| (1, digits))
        .or_else(|| last.strip_prefix('-').map(|digits| (-1, digits)))
        .filter(|(_, digits)| digits.starts_with(|letter: char| letter.is_ascii_digit()))
    else {
        return Ok(plain);
    };
    let size = price_of(digits, currency)?;
    Ok(OptionValue {
        name: name.trim().to_owned(),
        difference: Difference::from_minor(sign * size.minor()).map_err(|error| error.to_string())?,
    })
}

/// Two rows that would be one product: which of them would count?
fn twice(rows: &[SheetRow]) -> Vec<ImportProblem> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut problems = Vec::new();
    for row in rows {
        let name = ("name", row.draft.name.to_lowercase());
        let sku = row.draft.sku.as_ref().map(|sku| ("sku", sku.clone()));
        let id = row.id.map(|id| ("id", id.to_string()));
        for (field, value) in [Some(name), sku, id].into_iter().flatten() {
            if let Some(first) = seen.insert(format!("{field} {value}"), row.line) {
                problems.push(ImportProblem {
                    line: row.line,
                    field: field.to_owned(),
                    value,
                    text: format!("Line {first} has the same {field}. Keep one of them, or give it another"),
                });
                break;
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn mxn() -> Currency {
        Currency::from_code("MXN").unwrap()
    }

    fn rows(text: &str) -> Vec<SheetRow> {
        let (rows, problems) = read(text.as_bytes(), mxn()).unwrap();
        assert_eq!(problems, []);
        rows
    }

    fn problems(text: &str) -> Vec<(u32, String)> {
        let (_, problems) = read(text.as_bytes(), mxn()).unwrap();
        problems
            .into_iter()
            .map(|problem| (problem.line, problem.field))
            .collect()
    }

    #[test]
    fn a_table_of_any_spreadsheet_is_read() {
        let read = rows(
            "\u{feff}Nombre;Precio;Existencias;Opciones\r\nTorta;450,50;5;Tamaño: Chica | Grande +150.00\r\n",
        );
        assert_eq!(read[0].draft.price.minor(), 450_50);
        assert_eq!(read[0].draft.stock, Some(5));
        assert_eq!(read[0].draft.options[0].values[1].difference.minor(), 150_00);
        assert!(!read[0].says.description && read[0].says.stock);
    }

    #[test]
    fn every_bad_line_is_named_with_its_field() {
        let bad = "name,price,currency,stock\nTorta,1.255,MXN,1\n,10,MXN,1\nTé,20,MX,1\nCafé,30,MXN,pocos\nPan,\"1,250\",MXN,\n";
        let found = problems(bad);
        let expected = [
            (2, "price"),
            (3, "name"),
            (4, "currency"),
            (5, "stock"),
            (6, "price"),
        ];
        assert_eq!(found, expected.map(|(line, field)| (line, field.to_owned())));
        assert_eq!(
            problems("name,price\nTorta,1\ntorta,2\n"),
            [(3, "name".to_owned())]
        );
    }

    #[test]
    fn what_is_no_table_says_so() {
        let refusal = |bytes: &[u8]| read(bytes, mxn()).unwrap_err().to_string();
        assert!(refusal(b"\xff\xfe\x00").contains("UTF-8"));
        assert!(refusal(b"hola,mundo\n").contains("no column"));
        assert!(refusal(b"name,price\n").contains("no products"));
    }

    #[test]
    fn what_is_written_is_read_back_and_no_cell_is_a_formula() {
        let draft = ProductDraft {
            description: "=HYPERLINK(\"x\")".into(),
            aliases: vec!["-pan".into(), "'bollo".into()],
            sku: Some("+1".into()),
            stock: Some(-2),
            options: vec![OptionGroup {
                name: "Tamaño".into(),
                values: vec![
                    OptionValue {
                        name: "Media".into(),
                        difference: Difference::from_minor(-20_00).unwrap(),
                    },
                    OptionValue {
                        name: "Entera, grande".into(),
                        difference: Difference::default(),
                    },
                ],
            }],
            ..ProductDraft::new("@Torta \"rica\"", Money::from_minor(450_00, mxn()).unwrap())
        };
        let product = Product {
            id: draft.id,
            name: draft.name.clone(),
            description: draft.description.clone(),
            aliases: draft.aliases.clone(),
            sku: draft.sku.clone(),
            price: draft.price,
            options: draft.options.clone(),
            stock: draft.stock,
            image: None,
            tax: None,
            active: false,
            recurring: None,
            stripe_product: None,
            stripe_price: None,
            sync: crate::domain::SyncState::Local,
            theirs: None,
            after: crate::domain::ProductAfterSale::default(),
            problem: None,
            updated_at: Timestamp::from_secs(0),
        };
        let sheet = write(&[product]).unwrap();
        assert!(
            sheet
                .lines()
                .nth(1)
                .unwrap()
                .split(',')
                .all(|cell| { !cell.trim_matches('"').starts_with(['=', '+', '@']) }),
            "{sheet}"
        );
        let read = rows(&sheet);
        assert_eq!(read[0].id, Some(draft.id));
        assert!(!read[0].active);
        let back = ProductDraft {
            id: draft.id,
            ..read[0].draft.clone()
        };
        assert_eq!(back, draft);
    }
}
