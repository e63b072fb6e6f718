//! How much of an address is divisions: what may be seen of it where its street may not.

use std::iter::once;

use crate::chain::{Finder, best_chains};
use crate::defect::Defect;
use crate::parse::GAZETTEER;
use crate::text::Text;

/// Where the divisions at the beginning of an address end, as it is written, in bytes: behind its town, if that is in the
/// table, else behind the last level that stands there. 0 if it does not begin with divisions, or if that is not sure.
#[must_use]
pub fn divisions_end(address: &str) -> usize {
    let text = Text::read(address, |c| GAZETTEER.keeps(c));
    let hits = GAZETTEER.hits(&text);
    let walls = vec![false; text.len()];
    let finder = Finder { gazetteer: &GAZETTEER, text: &text, hits: &hits, walls: &walls };
    let Some((chain, it)) = best_chains(&finder, once(finder.skip(0))).into_iter().next() else { return 0 };
    // 吉林路12号: one name that is cut short may be that of a road.
    if chain.levels() == 1 && chain.ends_short() {
        return 0;
    }
    // What is only like a town may be finer than one.
    let guessed = it.defects.contains(&Defect::TypoTown);
    text.byte_in(address, if guessed { chain.to } else { it.end })
}

#[cfg(test)]
mod tests {
    use super::divisions_end;

    #[test]
    fn an_address_is_seen_down_to_its_town() {
        for (address, seen) in [
            ("浙江省杭州市余杭区五常街道文一西路969号3幢501室", "浙江省杭州市余杭区五常街道"),
            ("上海市浦东新区张江镇碧波路690号", "上海市浦东新区张江镇"),
            ("北京市朝阳区建国路88号", "北京市朝阳区"),
            ("新疆维吾尔自治区喀什地区疏勒县疏勒镇一组", "新疆维吾尔自治区喀什地区疏勒县疏勒镇"),
            ("广东省东莞市长安镇锦厦社区", "广东省东莞市长安镇"),
            ("江苏省昆山市玉山镇前进西路1号", "江苏省昆山市玉山镇"),
            ("广西壮族自治区南宁市西乡塘区大学东路100号", "广西壮族自治区南宁市西乡塘区"),
            ("浙江省 杭州市 余杭区 五常街道 文一西路969号", "浙江省 杭州市 余杭区 五常街道"),
            ("杭州市西湖区文三路街道口小区3栋", "杭州市西湖区"),
            ("浙江杭州余杭文一西路969号", "浙江杭州余杭"),
            ("文一西路969号", ""),
            ("吉林路12号", ""),
            ("阳光小区3幢501室，浙江省杭州市余杭区", ""),
            ("Baker Street 221B", ""),
            ("", ""),
        ] {
            assert_eq!(address.get(..divisions_end(address)), Some(seen), "{address}");
        }
    }
}
