//! What a bundle (组合) is made of, and what is given away with a SKU (赠品). Both consume the stock of others.

use std::collections::BTreeMap;

use livehand_kernel::{Phrase, SkuId};
use serde::{Deserialize, Serialize};

use super::movement::codes;
use super::{QUANTITY_MAX, Refused};

/// Most parts of one recipe.
pub(super) const PARTS_MAX: usize = 50;
/// Deepest recipe within a recipe: a bundle of bundles of sets is more than anybody sells.
const DEPTH_MAX: usize = 8;

codes! {
    /// What a recipe says.
    #[cfg_attr(feature = "schema", schema(as = StockRecipeKind))]
    RecipeKind {
        /// The SKU is made of its parts and has no stock of its own.
        Bundle = "bundle",
        /// The SKU has its own stock, and its parts go with it.
        Gifts = "gifts",
    }
}

/// One part of a recipe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = StockPart))]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What is consumed.
    pub sku: SkuId,
    /// Units for one of the whole.
    pub quantity: i64,
}

/// What goes out with one unit of a SKU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = StockRecipe))]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The bundle, or the SKU with gifts.
    pub sku: SkuId,
    /// Which of the two.
    pub kind: RecipeKind,
    /// What is consumed.
    pub parts: Vec<Part>,
}

/// What is wrong with a recipe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecipeFault {
    /// It leads back to itself.
    #[error("the recipe leads back to itself: {}", path(.0, " → "))]
    Cycle(Vec<SkuId>),
    /// No parts, or too many.
    #[error("{sku} has {parts} parts")]
    Parts {
        /// Whose recipe.
        sku: SkuId,
        /// How many it has.
        parts: usize,
    },
    /// A part stands twice.
    #[error("{part} stands twice in {sku}")]
    Twice {
        /// Whose recipe.
        sku: SkuId,
        /// The part.
        part: SkuId,
    },
    /// A quantity below one, or too many.
    #[error("{quantity} of {part} in {sku}")]
    Quantity {
        /// Whose recipe.
        sku: SkuId,
        /// The part.
        part: SkuId,
        /// What was given.
        quantity: i64,
    },
    /// Recipes within recipes without end in sight.
    #[error("{0} has recipes within recipes")]
    Deep(SkuId),
}

fn path(skus: &[SkuId], arrow: &str) -> String {
    skus.iter().map(SkuId::as_str).collect::<Vec<_>>().join(arrow)
}

impl RecipeFault {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            RecipeFault::Cycle(_) => "recipe_cycle",
            RecipeFault::Deep(_) => "recipe_deep",
            _ => "recipe_parts",
        }
    }

    /// For people.
    pub fn phrase(&self) -> Phrase {
        match self {
            RecipeFault::Cycle(skus) => Phrase::new(
                format!("The recipe leads back to itself: {}", path(skus, " → ")),
                format!("组合或赠品绕成了一圈：{}", path(skus, " → ")),
            ),
            RecipeFault::Parts { sku, parts } => Phrase::new(
                format!("{sku} has {parts} parts; 1 to {PARTS_MAX} are possible"),
                format!("{sku} 有 {parts} 个组成，应为 1 到 {PARTS_MAX} 个"),
            ),
            RecipeFault::Twice { sku, part } => {
                Phrase::new(format!("{part} stands twice in {sku}"), format!("{sku} 里 {part} 出现了两次"))
            }
            RecipeFault::Quantity { sku, part, quantity } => Phrase::new(
                format!("{quantity} of {part} in {sku}: 1 or more are needed"),
                format!("{sku} 里 {part} 的数量是 {quantity}，至少为 1"),
            ),
            RecipeFault::Deep(sku) => Phrase::new(
                format!("{sku}: more than {DEPTH_MAX} recipes within one another"),
                format!("{sku}：组合套组合超过 {DEPTH_MAX} 层"),
            ),
        }
    }
}

/// All recipes, free of cycles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipes(BTreeMap<SkuId, Recipe>);

impl Recipes {
    /// Checks recipes and takes them.
    ///
    /// # Errors
    /// [`RecipeFault`] of the first that cannot be used; a cycle is named with its path.
    pub fn new(recipes: impl IntoIterator<Item = Recipe>) -> Result<Self, RecipeFault> {
        let all: BTreeMap<SkuId, Recipe> =
            recipes.into_iter().map(|recipe| (recipe.sku.clone(), recipe)).collect();
        for recipe in all.values() {
            check_parts(recipe)?;
        }
        let recipes = Self(all);
        let mut whole = Vec::new();
        for sku in recipes.0.keys() {
            recipes.walk(sku, &mut Vec::new(), &mut whole)?;
        }
        Ok(recipes)
    }

    /// Follows every way down from `sku`; `whole` are those from which no way leads back, with how deep they are.
    fn walk(
        &self,
        sku: &SkuId,
        way: &mut Vec<SkuId>,
        whole: &mut Vec<(SkuId, usize)>,
    ) -> Result<usize, RecipeFault> {
        if let Some((_, depth)) = whole.iter().find(|(known, _)| known == sku) {
            return Ok(*depth);
        }
        let Some(recipe) = self.0.get(sku) else { return Ok(0) };
        if let Some(begin) = way.iter().position(|before| before == sku) {
            let round = way.iter().skip(begin).cloned().chain([sku.clone()]);
            return Err(RecipeFault::Cycle(round.collect()));
        }
        way.push(sku.clone());
        let mut depth = 0;
        for part in &recipe.parts {
            depth = depth.max(self.walk(&part.sku, way, whole)? + 1);
        }
        way.pop();
        if depth > DEPTH_MAX {
            return Err(RecipeFault::Deep(sku.clone()));
        }
        whole.push((sku.clone(), depth));
        Ok(depth)
    }

    /// All recipes, by SKU.
    pub fn iter(&self) -> impl Iterator<Item = &Recipe> {
        self.0.values()
    }

    /// The recipe of a SKU.
    pub fn get(&self, sku: &SkuId) -> Option<&Recipe> {
        self.0.get(sku)
    }

    /// Whether a SKU is made of others and has no stock of its own.
    pub fn is_bundle(&self, sku: &SkuId) -> bool {
        self.0.get(sku).is_some_and(|recipe| recipe.kind == RecipeKind::Bundle)
    }

    /// What an order of these lines consumes, summed for each SKU that has stock of its own.
    ///
    /// # Errors
    /// [`Refused::TooMany`] if the sum is beyond what books can hold.
    pub fn demand(&self, lines: &[(SkuId, i64)]) -> Result<BTreeMap<SkuId, i64>, Refused> {
        let mut demand = BTreeMap::new();
        for (sku, quantity) in lines {
            self.add_demand(sku, *quantity, &mut demand)?;
        }
        Ok(demand)
    }

    fn add_demand(
        &self,
        sku: &SkuId,
        quantity: i64,
        demand: &mut BTreeMap<SkuId, i64>,
    ) -> Result<(), Refused> {
        let too_many = || Refused::TooMany { sku: sku.clone() };
        if !self.is_bundle(sku) {
            let sum = demand.entry(sku.clone()).or_insert(0);
            *sum = sum.checked_add(quantity).filter(|sum| *sum <= QUANTITY_MAX).ok_or_else(too_many)?;
        }
        for part in self.0.get(sku).into_iter().flat_map(|recipe| &recipe.parts) {
            let units = quantity.checked_mul(part.quantity).filter(|units| *units <= QUANTITY_MAX);
            self.add_demand(&part.sku, units.ok_or_else(too_many)?, demand)?;
        }
        Ok(())
    }
}

fn check_parts(recipe: &Recipe) -> Result<(), RecipeFault> {
    let Recipe { sku, parts, .. } = recipe;
    if parts.is_empty() || parts.len() > PARTS_MAX {
        return Err(RecipeFault::Parts { sku: sku.clone(), parts: parts.len() });
    }
    for (place, part) in parts.iter().enumerate() {
        if parts.iter().take(place).any(|before| before.sku == part.sku) {
            return Err(RecipeFault::Twice { sku: sku.clone(), part: part.sku.clone() });
        }
        if !(1..=QUANTITY_MAX).contains(&part.quantity) {
            let (sku, part, quantity) = (sku.clone(), part.sku.clone(), part.quantity);
            return Err(RecipeFault::Quantity { sku, part, quantity });
        }
    }
    Ok(())
}
