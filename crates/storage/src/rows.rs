//! Statements over many rows at once, made from the statement over one row that the tests prepare.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::{Error, Tx, Value};

/// How many rows one statement may take, the most first. Few sizes, so that each engine keeps them prepared.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// Where the parameters of one row begin: it is the first place where a statement names one.
const FIRST: &str = "($1";

/// How rows follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Form {
    /// `VALUES (a, b), (a, b)`.
    Tuples,
    /// `IN (a, a)`.
    List,
}

/// The statement for so many rows. Each is made once and kept for good; there are few.
fn many(one: &'static str, rows: usize, form: Form) -> &'static str {
    type Made = HashMap<(&'static str, usize, Form), &'static str>;
    static MADE: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry((one, rows, form)).or_insert_with(|| written(one, rows, form).leak())
}

fn written(one: &str, rows: usize, form: Form) -> String {
    let Some((before, rest)) = one.split_once(FIRST) else { return one.to_owned() };
    let Some((parameters, after)) = rest.split_once(')') else { return one.to_owned() };
    let columns = parameters.matches('$').count() + 1;
    let separator = if form == Form::Tuples { "), (" } else { ", " };
    let row = |row: usize| {
        let numbers = (1..=columns).map(|column| format!("${}", row * columns + column));
        numbers.collect::<Vec<_>>().join(", ")
    };
    let all = (0..rows).map(row).collect::<Vec<_>>().join(separator);
    format!("{before}({all}){after}")
}

/// The rows in portions of [`SIZES`].
fn portions<T>(mut rows: Vec<T>) -> Vec<Vec<T>> {
    let mut portions = Vec::new();
    while let Some(size) = SIZES.into_iter().find(|size| *size <= rows.len()) {
        let rest = rows.split_off(size);
        portions.push(std::mem::replace(&mut rows, rest));
    }
    portions
}

impl Tx {
    /// Runs `INSERT … VALUES ($1, …)` for all rows, many in one statement.
    pub(crate) async fn run_rows(
        &self,
        what: &'static str,
        one: &'static str,
        rows: Vec<Vec<Value>>,
    ) -> Result<u64, Error> {
        let mut changed = 0;
        for portion in portions(rows) {
            let sql = many(one, portion.len(), Form::Tuples);
            changed += self.run(what, sql, portion.into_iter().flatten().collect()).await?;
        }
        Ok(changed)
    }

    /// Runs `SELECT … IN ($1)` for all values, many in one statement.
    pub(crate) async fn all_in<T: crate::db::Row>(
        &self,
        what: &'static str,
        one: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        for portion in portions(values) {
            let sql = many(one, portion.len(), Form::List);
            found.extend(self.all(what, sql, portion).await?);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_of_one_row_becomes_that_of_many() {
        let insert = "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO NOTHING";
        assert_eq!(written(insert, 1, Form::Tuples), insert);
        let three = "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4), ($5, $6) ON CONFLICT (a) DO NOTHING";
        assert_eq!(written(insert, 3, Form::Tuples), three);
        let select = "SELECT a FROM t WHERE b IN ($1) ORDER BY a";
        assert_eq!(written(select, 3, Form::List), "SELECT a FROM t WHERE b IN ($1, $2, $3) ORDER BY a");
    }

    #[test]
    fn portions_are_of_few_sizes_and_hold_every_row() {
        let portions = portions((0..598).collect());
        let sizes: Vec<usize> = portions.iter().map(Vec::len).collect();
        assert_eq!(sizes, [256, 256, 64, 16, 4, 1, 1]);
        assert_eq!(portions.concat(), (0..598).collect::<Vec<_>>());
    }
}
