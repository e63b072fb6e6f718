//! What bundles are made of and what is given away with SKUs.

use livehand_compliance::Action;
use livehand_kernel::Phrase;
use livehand_live::FieldError;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_trade::stock::{Book, Recipe, RecipeKind, Recipes};

use super::{checked_id, load_recipes, needs_second_person, on_air_skus};
use crate::audit::Entry;
use crate::{App, Caller, Error, Fault};

/// Most recipes in one request.
const RECIPES_MAX: usize = 200;

/// A recipe, and how many of it can be sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeView {
    /// The recipe.
    pub recipe: Recipe,
    /// The least that its parts allow.
    pub available: i64,
}

impl App {
    /// All recipes, with how many of each can be sold.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn stock_recipes(&self, caller: &Caller) -> Result<Vec<RecipeView>, Error> {
        caller.require(Action::ViewStock)?;
        let tx = self.db.read().await?;
        let recipes = load_recipes(&tx).await?;
        let mut stocks = Vec::new();
        for sku in recipes
            .iter()
            .flat_map(|recipe| recipes.demand(&[(recipe.sku.clone(), 1)]).unwrap_or_default().into_keys())
        {
            stocks.extend(storage::stock::find(&tx, &sku).await?);
        }
        let book = Book::new(recipes.clone(), stocks, []);
        let views = recipes.iter();
        Ok(views
            .map(|recipe| RecipeView { recipe: recipe.clone(), available: book.available(&recipe.sku) })
            .collect())
    }

    /// Replaces the recipes of these SKUs; one without parts is taken away.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::Refused`]: `recipe_cycle` with its path, `bundle_has_stock`,
    /// `needs_second_person` for what a show on air sells.
    pub async fn set_stock_recipes(
        &self,
        caller: &Caller,
        recipes: &[Recipe],
    ) -> Result<Vec<RecipeView>, Error> {
        caller.require(Action::EditProducts)?;
        if recipes.is_empty() || recipes.len() > RECIPES_MAX {
            let expected =
                Phrase::new(format!("1 to {RECIPES_MAX} recipes"), format!("1 到 {RECIPES_MAX} 个组合"));
            return Err(Error::field("recipes", expected, Phrase::literal(recipes.len().to_string())));
        }
        for (place, recipe) in recipes.iter().enumerate() {
            checked_id(&format!("recipes[{place}].sku"), recipe.sku.as_str())?;
            for (row, part) in recipe.parts.iter().enumerate() {
                checked_id(&format!("recipes[{place}].parts[{row}].sku"), part.sku.as_str())?;
            }
        }
        let subject = recipes.first().map(|recipe| recipe.sku.as_str()).unwrap_or_default();
        let detail = serde_json::json!({ "recipes": recipes });
        let entry = Entry::of(caller, "set_stock_recipes", subject).with(detail);
        let turn = self.reservations.stock_turn().await?;
        let replaced = self.decided(entry, move |tx| async move { replace(&tx, recipes).await }).await;
        turn.wrote_something().await;
        replaced?;
        self.stock_recipes(caller).await
    }
}

async fn replace(tx: &Tx, recipes: &[Recipe]) -> Result<Result<Option<()>, Error>, storage::Error> {
    let before = load_recipes(tx).await?;
    let on_air = on_air_skus(tx, &before).await?;
    for (place, recipe) in recipes.iter().enumerate() {
        if on_air.contains(&recipe.sku) {
            let (code, explanation) = needs_second_person();
            return Ok(Err(refusal(place, recipe, code, explanation)));
        }
        let stock = storage::stock::find(tx, &recipe.sku).await?;
        let becomes_bundle = recipe.kind == RecipeKind::Bundle && !recipe.parts.is_empty();
        if becomes_bundle && stock.is_some_and(|stock| stock.on_hand() > 0) {
            let explanation = Phrase::new(
                format!("{} has stock of its own: write it off before it becomes a bundle", recipe.sku),
                format!("{} 还有自己的库存，请先处理完再设成组合", recipe.sku),
            );
            return Ok(Err(refusal(place, recipe, "bundle_has_stock", explanation)));
        }
    }
    let kept = before.iter().filter(|old| !recipes.iter().any(|new| new.sku == old.sku));
    let set = recipes.iter().filter(|recipe| !recipe.parts.is_empty());
    if let Err(fault) = Recipes::new(kept.chain(set).cloned()) {
        let field = FieldError::new("recipes", fault.phrase(), Phrase::literal(""));
        let (code, explanation) = (fault.code(), fault.phrase());
        return Ok(Err(Error::Refused {
            code,
            explanation,
            faults: vec![Fault { line: None, error: field }],
        }));
    }
    for recipe in recipes {
        storage::stock_recipes::replace(tx, recipe).await?;
    }
    Ok(Ok(Some(())))
}

fn refusal(place: usize, recipe: &Recipe, code: &'static str, explanation: Phrase) -> Error {
    let found = Phrase::literal(recipe.sku.0.clone());
    let error = FieldError::new(&format!("recipes[{place}]"), explanation.clone(), found);
    Error::Refused { code, explanation, faults: vec![Fault { line: None, error }] }
}
