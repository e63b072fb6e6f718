//! The catalogue (商品库): products, SKUs and their facts, which have versions.
