//! tantivy with an index in memory.

use anyhow::ensure;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{LowerCaser, NgramTokenizer, TextAnalyzer};
use tantivy::{Index, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};
use tantivy_jieba::JiebaTokenizer;

use super::engines::{Finder, LIMIT, Texts, each_once};
use super::entries::Entry;

/// What the writer may hold: enough that there is one segment.
const WRITER_BYTES: usize = 128 << 20;
const TOKENIZER: &str = "comments";
/// Goods of an entry for any.
const ANY: &str = "anygoods";

/// How texts are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// One and two characters.
    Characters,
    /// Words, and the words in them.
    Words,
}

impl Cut {
    fn analyzer(self) -> tantivy::Result<TextAnalyzer> {
        Ok(match self {
            Self::Characters => {
                TextAnalyzer::builder(NgramTokenizer::all_ngrams(1, 2)?).filter(LowerCaser).build()
            }
            Self::Words => TextAnalyzer::builder(JiebaTokenizer::new()).filter(LowerCaser).build(),
        })
    }
}

/// An index with its searcher.
pub struct SearchEngine {
    searcher: Searcher,
    analyzer: TextAnalyzer,
    text: Field,
    goods: Field,
}

impl SearchEngine {
    /// Indexes entries; how often a token occurs is kept, where it stands is not.
    pub fn open(entries: &[Entry], texts: Texts, cut: Cut) -> anyhow::Result<Self> {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqs);
        let mut schema = Schema::builder();
        let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let goods = schema.add_text_field("goods", STRING);
        let index = Index::create_in_ram(schema.build());
        index.tokenizers().register(TOKENIZER, cut.analyzer()?);
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
        for entry in entries {
            let mut document = TantivyDocument::default();
            document.add_text(text, texts.of(entry));
            document.add_text(goods, entry.goods.as_deref().unwrap_or(ANY));
            writer.add_document(document)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        // In one segment, a document's number is the place of its entry.
        ensure!(searcher.segment_readers().len() == 1, "the index has more than one segment");
        ensure!(searcher.num_docs() == entries.len() as u64, "entries are missing in the index");
        Ok(Self { searcher, analyzer: cut.analyzer()?, text, goods })
    }

    fn query(&mut self, text: &str, room: Option<&str>) -> Option<BooleanQuery> {
        let mut tokens = Vec::new();
        self.analyzer.token_stream(text).process(&mut |token| {
            if token.text.chars().any(char::is_alphanumeric) {
                tokens.push(token.text.clone());
            }
        });
        let term = |field: Field, text: &str, option: IndexRecordOption| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_text(field, text), option))
        };
        let tokens = each_once(tokens);
        if tokens.is_empty() {
            return None;
        }
        let any_of = tokens.iter().map(|token| term(self.text, token, IndexRecordOption::WithFreqs));
        let asked = BooleanQuery::union(any_of.collect());
        let Some(room) = room else { return Some(asked) };
        let goods = [ANY, room].map(|goods| term(self.goods, goods, IndexRecordOption::Basic));
        let fits = ConstScoreQuery::new(Box::new(BooleanQuery::union(goods.into())), 0.0);
        Some(BooleanQuery::new(vec![(Occur::Must, Box::new(asked)), (Occur::Must, Box::new(fits))]))
    }
}

impl Finder for SearchEngine {
    fn find(&mut self, text: &str, room: Option<&str>) -> anyhow::Result<Vec<usize>> {
        let Some(query) = self.query(text, room) else { return Ok(Vec::new()) };
        let found = self.searcher.search(&query, &TopDocs::with_limit(LIMIT).order_by_score())?;
        Ok(found.into_iter().map(|(_, place)| place.doc_id as usize).collect())
    }

    fn bytes(&self) -> anyhow::Result<Option<u64>> {
        Ok(Some(self.searcher.space_usage()?.total().get_bytes()))
    }
}
