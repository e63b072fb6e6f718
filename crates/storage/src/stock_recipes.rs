//! What bundles are made of and what is given away with SKUs. A recipe is replaced as a whole; the movements that it gave
//! are kept, and name what was asked for.

use livehand_kernel::SkuId;
use livehand_trade::stock::{Part, Recipe, RecipeKind};

use crate::{Error, Tx, sql};

/// All recipes, by SKU.
///
/// # Errors
/// [`Error`] of the database.
pub async fn all(tx: &Tx) -> Result<Vec<Recipe>, Error> {
    let sql = sql!("SELECT sku_id, kind, part_id, quantity FROM stock_recipes ORDER BY sku_id, position");
    let rows: Vec<(String, String, String, i64)> = tx.all("reading recipes", sql, Vec::new()).await?;
    let mut recipes: Vec<Recipe> = Vec::new();
    for (sku, kind, part, quantity) in rows {
        let kind = RecipeKind::from_code(&kind)
            .ok_or_else(|| Error::Unusable(format!("the recipe of the SKU {sku} is damaged")))?;
        let part = Part { sku: SkuId(part), quantity };
        match recipes.last_mut().filter(|last| last.sku.as_str() == sku) {
            Some(last) => last.parts.push(part),
            None => recipes.push(Recipe { sku: SkuId(sku), kind, parts: vec![part] }),
        }
    }
    Ok(recipes)
}

/// Replaces the recipe of a SKU; without parts it has none any more.
///
/// # Errors
/// [`Error`] of the database.
pub async fn replace(tx: &Tx, recipe: &Recipe) -> Result<(), Error> {
    let sql = sql!("DELETE FROM stock_recipes WHERE sku_id = $1");
    tx.run("taking a recipe away", sql, vec![recipe.sku.as_str().into()]).await?;
    for (position, part) in (1_i64..).zip(&recipe.parts) {
        let sql = sql!(
            "INSERT INTO stock_recipes (sku_id, kind, part_id, quantity, position) VALUES ($1, $2, $3, $4, $5)"
        );
        let args = vec![
            recipe.sku.as_str().into(),
            recipe.kind.code().into(),
            part.sku.as_str().into(),
            part.quantity.into(),
            position.into(),
        ];
        tx.run("writing a recipe", sql, args).await?;
    }
    Ok(())
}
