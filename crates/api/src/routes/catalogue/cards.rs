//! Product cards as they are sent out.

use livehand_app::{Card, Comparison, FactView, FoundProduct, FoundProducts, ProductQuery, SkuView};
use livehand_kernel::{Fen, Millis, PersonId, Phrase, ProductId, ShowId, SkuId};
use livehand_prepare::catalogue::{CATEGORIES, Choice, Field, Kind, Level, STATUSES};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::words::Words;

/// One of a few codes.
#[derive(Serialize, ToSchema)]
pub struct FieldChoice {
    code: &'static str,
    label: Words,
}

impl From<&Choice> for FieldChoice {
    fn from(choice: &Choice) -> Self {
        Self { code: choice.code, label: Phrase::new(choice.en, choice.zh).into() }
    }
}

/// A field of the product card.
#[derive(Serialize, ToSchema)]
pub struct FieldDefinition {
    code: &'static str,
    label: Words,
    /// text, long_text, integer, money (fen), percent (hundredths of a percent), choice, texts, pairs, size_chart,
    /// selling_points, qualifications, gifts, shipping, trial, windows or paid_prices.
    kind: &'static str,
    /// product, sku or both.
    levels: Vec<&'static str>,
    /// Whether something that is said may quote it.
    quotable: bool,
    /// Codes of the categories that need it.
    required_for: Vec<&'static str>,
    /// Whether it changes only with a second person while its product is on air.
    guarded_on_air: bool,
    /// The codes that it can have, if it has one of a few.
    choices: Vec<FieldChoice>,
}

impl From<&Field> for FieldDefinition {
    fn from(field: &Field) -> Self {
        let levels = match field.level {
            Level::Product => vec!["product"],
            Level::Sku => vec!["sku"],
            Level::Both => vec!["product", "sku"],
        };
        let choices = match field.kind {
            Kind::Choice(choices) => choices.iter().map(FieldChoice::from).collect(),
            _ => Vec::new(),
        };
        let needing = CATEGORIES.iter().filter(|category| field.is_needed(category.code));
        Self {
            code: field.code,
            label: Phrase::new(field.en, field.zh).into(),
            kind: field.kind.code(),
            levels,
            quotable: field.quotable,
            required_for: needing.map(|category| category.code).collect(),
            guarded_on_air: field.is_guarded_on_air(),
            choices,
        }
    }
}

/// What product cards are made of.
#[derive(Serialize, ToSchema)]
pub struct CatalogueFields {
    /// In the order of a sheet.
    fields: Vec<FieldDefinition>,
    categories: Vec<FieldChoice>,
    statuses: Vec<FieldChoice>,
}

impl CatalogueFields {
    /// The fields with all categories and statuses.
    pub(super) fn of(fields: &[Field]) -> Self {
        Self {
            fields: fields.iter().map(FieldDefinition::from).collect(),
            categories: CATEGORIES.iter().map(FieldChoice::from).collect(),
            statuses: STATUSES.iter().map(FieldChoice::from).collect(),
        }
    }
}

/// How far a product card is filled in.
#[derive(Serialize, ToSchema)]
pub struct ProductCompleteness {
    filled: usize,
    required: usize,
    /// Codes of the fields that are missing.
    missing: Vec<String>,
}

/// A product in a list.
#[derive(Serialize, ToSchema)]
pub struct ListedProduct {
    id: ProductId,
    name: String,
    /// Live price in fen; the lowest of its SKUs if it has none of its own.
    price_fen: Fen,
    /// The 3 of "link 3"; 0 if it has none.
    link_number: i64,
    /// Code; empty if it has none.
    category: String,
    brand: String,
    /// draft, in_review, ready or disabled.
    status: String,
    /// SKUs in use.
    skus: i64,
    completeness: ProductCompleteness,
}

impl From<FoundProduct> for ListedProduct {
    fn from(found: FoundProduct) -> Self {
        let required = usize::try_from(found.required).unwrap_or(0);
        Self {
            id: found.product.id,
            name: found.product.name,
            price_fen: found.product.price,
            link_number: found.product.link_number,
            category: found.category,
            brand: found.brand,
            status: found.status,
            skus: found.skus,
            completeness: ProductCompleteness {
                filled: required.saturating_sub(found.missing.len()),
                required,
                missing: found.missing,
            },
        }
    }
}

/// A page of products, by link number.
#[derive(Serialize, ToSchema)]
pub struct Products {
    products: Vec<ListedProduct>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<ProductId>,
}

impl From<FoundProducts> for Products {
    fn from(page: FoundProducts) -> Self {
        Self { products: page.products.into_iter().map(ListedProduct::from).collect(), next: page.next }
    }
}

/// Which products to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProductsQuery {
    /// Part of the id, name, brand, an alias, a merchant code, a barcode or the link number.
    search: Option<String>,
    /// Code of the category.
    category: Option<String>,
    /// draft, in_review, ready or disabled.
    status: Option<String>,
    /// Only those to which something is missing.
    incomplete: Option<bool>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

impl From<ProductsQuery> for ProductQuery {
    fn from(query: ProductsQuery) -> Self {
        Self {
            search: query.search,
            category: query.category,
            status: query.status,
            incomplete: query.incomplete.unwrap_or(false),
            after: query.after.map(ProductId),
            limit: query.limit,
        }
    }
}

/// Who did something.
#[derive(Serialize, ToSchema)]
pub struct By {
    pub(in crate::routes) id: PersonId,
    pub(in crate::routes) name: String,
}

/// A version of a fact.
#[derive(Serialize, ToSchema)]
pub struct FactVersion {
    product: ProductId,
    /// Absent for a fact of the product itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<SkuId>,
    field: String,
    version: i64,
    /// Null if it was taken back.
    value: Value,
    valid_from: Option<Millis>,
    valid_to: Option<Millis>,
    /// manual, import:<id>, change:<id>, undo:<version> or connector.
    source: String,
    by: By,
    at: Millis,
    evidence: Option<String>,
    /// The edit that it belongs to.
    edit: Option<String>,
}

impl From<FactView> for FactVersion {
    fn from(FactView { version, fact }: FactView) -> Self {
        Self {
            product: fact.key.product,
            sku: fact.key.sku,
            field: fact.key.field,
            version,
            value: fact.value,
            valid_from: fact.valid_from,
            valid_to: fact.valid_to,
            source: fact.source,
            by: By { id: fact.person_id, name: fact.person_name },
            at: fact.at,
            evidence: fact.evidence,
            edit: fact.edit,
        }
    }
}

/// A SKU.
#[derive(Serialize, ToSchema)]
pub struct Sku {
    id: SkuId,
    /// Its place among the SKUs of its product.
    position: i64,
    /// Whether it was taken out of use.
    disabled: bool,
}

impl From<SkuView> for Sku {
    fn from(sku: SkuView) -> Self {
        Self { id: sku.id, position: sku.position, disabled: sku.disabled_at.is_some() }
    }
}

/// A fact that is needed and missing.
#[derive(Serialize, ToSchema)]
pub struct MissingFact {
    field: &'static str,
    why: Words,
}

/// Everything that is known of a product.
#[derive(Serialize, ToSchema)]
pub struct ProductCard {
    id: ProductId,
    name: String,
    price_fen: Fen,
    link_number: i64,
    category: String,
    brand: String,
    status: String,
    created_at: Millis,
    /// The shows on air that have it in their line-up.
    on_air: Vec<ShowId>,
    skus: Vec<Sku>,
    /// Current versions, the product's own first.
    facts: Vec<FactVersion>,
    completeness: ProductCompleteness,
    missing: Vec<MissingFact>,
}

impl From<Card> for ProductCard {
    fn from(card: Card) -> Self {
        let status =
            Some(card.text("status")).filter(|status| !status.is_empty()).unwrap_or("draft").to_owned();
        let (category, brand) = (card.text("category").to_owned(), card.text("brand").to_owned());
        let Card { product, skus, facts, completeness, on_air } = card;
        let missing = completeness.missing.iter().map(|missing| missing.field.to_owned()).collect();
        let (filled, required) = (completeness.filled, completeness.required);
        let why = completeness.missing.into_iter();
        Self {
            id: product.id,
            name: product.name,
            price_fen: product.price,
            link_number: product.link_number,
            category,
            brand,
            status,
            created_at: product.created_at,
            on_air,
            skus: skus.into_iter().map(Sku::from).collect(),
            facts: facts.into_iter().map(FactVersion::from).collect(),
            completeness: ProductCompleteness { filled, required, missing },
            missing: why.map(|it| MissingFact { field: it.field, why: it.why.into() }).collect(),
        }
    }
}

/// Which versions of facts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// Code of the field; of everything about the product if absent.
    pub(super) field: Option<String>,
    /// The SKU, where the fact is its own.
    pub(super) sku: Option<String>,
    /// 1 to 200; 50 if absent.
    pub(super) limit: Option<i64>,
}

/// Versions of facts, newest first.
#[derive(Serialize, ToSchema)]
pub struct FactVersions {
    versions: Vec<FactVersion>,
}

impl From<Vec<FactView>> for FactVersions {
    fn from(versions: Vec<FactView>) -> Self {
        Self { versions: versions.into_iter().map(FactVersion::from).collect() }
    }
}

/// Which products to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompareQuery {
    /// 2 to 6 ids with commas.
    #[serde(default)]
    pub(super) ids: String,
}

/// A product that is compared.
#[derive(Serialize, ToSchema)]
pub struct ComparedProduct {
    id: ProductId,
    name: String,
    price_fen: Fen,
    link_number: i64,
}

/// One fact of the products that are compared.
#[derive(Serialize, ToSchema)]
pub struct ComparedFact {
    field: &'static str,
    label: Words,
    kind: &'static str,
    /// In the order of the products: null where there is none, a list where SKUs differ.
    values: Vec<Value>,
    /// Whether they differ.
    differs: bool,
}

/// Products beside one another.
#[derive(Serialize, ToSchema)]
pub struct ComparedProducts {
    products: Vec<ComparedProduct>,
    rows: Vec<ComparedFact>,
}

impl From<Comparison> for ComparedProducts {
    fn from(Comparison { products, rows }: Comparison) -> Self {
        let products = products.into_iter().map(|product| ComparedProduct {
            id: product.id,
            name: product.name,
            price_fen: product.price,
            link_number: product.link_number,
        });
        let rows = rows.into_iter().map(|row| ComparedFact {
            field: row.field.code,
            label: Phrase::new(row.field.en, row.field.zh).into(),
            kind: row.field.kind.code(),
            values: row.values,
            differs: row.differs,
        });
        Self { products: products.collect(), rows: rows.collect() }
    }
}
