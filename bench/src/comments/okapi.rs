//! Plain BM25 over pairs of characters, by the crate bm25.

use bm25::{Embedder, EmbedderBuilder, Embedding, Scorer, Tokenizer};

use super::engines::{Finder, LIMIT, Texts, cut, fits};
use super::entries::Entry;

/// Cuts into pairs of characters.
#[derive(Clone, Copy, Debug, Default)]
struct Pairs;

impl Tokenizer for Pairs {
    fn tokenize(&self, text: &str) -> Vec<String> {
        cut(text, false)
    }
}

/// A scorer in memory. The crate's own search engine copies the text of every result; its scorer does not.
pub struct Okapi {
    embedder: Embedder<u64, Pairs>,
    scorer: Scorer<u32, u64>,
    goods: Vec<Option<String>>,
}

impl Okapi {
    /// Scores are made for the average length of these entries.
    pub fn open(entries: &[Entry], texts: Texts) -> Self {
        let documents: Vec<String> = entries.iter().map(|entry| texts.of(entry)).collect();
        let corpus: Vec<&str> = documents.iter().map(String::as_str).collect();
        let embedder =
            EmbedderBuilder::<u64, Pairs>::with_tokenizer_and_fit_to_corpus(Pairs, &corpus).build();
        let mut scorer = Scorer::new();
        for (number, document) in (0_u32..).zip(&corpus) {
            scorer.upsert(&number, embedder.embed(document));
        }
        Self { embedder, scorer, goods: entries.iter().map(|entry| entry.goods.clone()).collect() }
    }
}

impl Finder for Okapi {
    fn find(&mut self, text: &str, room: Option<&str>) -> anyhow::Result<Vec<usize>> {
        let mut asked = self.embedder.embed(text);
        let Embedding(tokens) = &mut asked;
        tokens.sort_unstable_by_key(|token| token.index);
        tokens.dedup_by_key(|token| token.index);
        let mut found = self.scorer.matches(&asked);
        found.retain(|one| fits(self.goods.get(one.id as usize).and_then(Option::as_deref), room));
        // Equal scores come in the order of a hash that differs from run to run.
        found.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        Ok(found.iter().take(LIMIT).map(|one| one.id as usize).collect())
    }

    fn bytes(&self) -> anyhow::Result<Option<u64>> {
        Ok(None)
    }
}
