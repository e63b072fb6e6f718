//! Whether a name was written with one mistake: a character for another, one too many, one too few, or two the wrong way
//! round.

use std::sync::LazyLock;

use pinyin::ToPinyin;
use rustc_hash::FxHashSet;

/// How a name differs from what was written.
/// The likelier goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mistake {
    /// Another character that sounds the same or nearly so.
    Sound,
    /// Another character that looks like it.
    Look,
    /// A character too many, such as 保保定市, or two the wrong way round.
    Slip,
    /// A character for another, or one that is missing.
    Other,
}

/// The mistake that makes `written` of `name`, if it is one.
pub(crate) fn mistake(name: &[char], written: &[char]) -> Option<Mistake> {
    let same = name.iter().zip(written).take_while(|(a, b)| a == b).count();
    let tail = |name: &[char], written: &[char]| {
        name.iter().rev().zip(written.iter().rev()).take_while(|(a, b)| a == b).count()
    };
    let (name_rest, written_rest) = (name.get(same..)?, written.get(same..)?);
    let rest = tail(name_rest, written_rest);
    let name_core = name_rest.get(..name_rest.len() - rest)?;
    let written_core = written_rest.get(..written_rest.len() - rest)?;
    match (name_core, written_core) {
        ([a], [b]) if sounds_like(*a, *b) => Some(Mistake::Sound),
        ([a], [b]) if looks_like(*a, *b) => Some(Mistake::Look),
        ([_], [_]) => Some(Mistake::Other),
        ([], [extra]) => {
            let doubled =
                written.get(same.wrapping_sub(1)) == Some(extra) || written.get(same + 1) == Some(extra);
            Some(if doubled { Mistake::Slip } else { Mistake::Other })
        }
        ([_], []) if name.len() > 3 => Some(Mistake::Other),
        ([a, b], [c, d]) if a == d && b == c => Some(Mistake::Slip),
        _ => None,
    }
}

/// Whether two characters are said alike, as many people say them: without tones, z for zh, n for ng, l for n.
pub(crate) fn sounds_like(a: char, b: char) -> bool {
    let (Some(a), Some(b)) = (a.to_pinyin(), b.to_pinyin()) else { return false };
    plain(a.plain()) == plain(b.plain())
}

/// Characters that are taken for one another, by two.
const ALIKE: &str = "未末己已巳己土士大太人入日曰干千干于天夫夫失王玉玉主田由由甲甲申目自白自白百鸟乌今令兔免治冶汕讪洛络彬郴沪泸毫亳祟崇抗杭坑杭坂板圳川杨扬汤杨宜宣柯何柳抑柳仰衢衙衢瞿睢雎睢唯睢濉盱肝濮璞涿琢宛苑邯邮邳郯\
鄄甄鄢邬莒营芮苪充兖诸储淄缁郾堰溧漂漯洛淅浙淅析鄞勤瓯欧衢懼诸渚嵊剩嵊乘泗洒沭沐邳丕眙胎溧栗栖西渑绳峤桥孝考荆荊秭姊秭梓秭梯浠希蕲靳郧员监临洪供嘉喜应庆黄簧黄横陂坡陂波汉汊汉仅江汪江红岸岩安案岑芩岑今\
云去云会冈岗冈网巢剿颍颖砀荡萧肃灵炅枞纵歙翕黟黔祁祈谯樵埇涌庐芦芜无弋戈鸠鸩繁敏番翻禺遇增憎埔铺潮朝揭竭阳阴阳旧惠慧紫柴梅海海悔端瑞新薪佛拂禅蝉泰秦泰奉清情莆浦涵函城诚丰车漳障芗乡龙尤诏召延廷浦铺武式\
光先宁宇宁守寿涛福幅霞露屏并柘拓德得龙庞永泳洞铜梧悟温湿海每南男吴昊越起婺务浦甫东车金全椒叔仙仁温昷缙晋遂逐北比张长按安岸安按岸折浙析浙箐青辽疗沈沉渖沈哈啥佳隹鹤鸡牡牧绥缓铁轶抚扶抚托营萤阜埠盘磐锦绵\
绵棉沁泌忻析晋普吕侣汾份运云侯候闻闽霸坝藁蒿鹿麓邢刑邯郸唐塘庄压谷古川州州洲巴已攀樊泸庐资咨眉媚凉谅昭召曲由丽俪楚禁文支版板迪油黔黯遵尊毕华铜桐贺贸钦饮防房贵责河何来釆柳杨琼京儋詹岐歧渭谓榆偷商裔汉双\
延诞庆床陇龙酒洒嘉佳峪裕武斌定走固周石右银根昌晶喀略塔搭阿啊库厍伊尹犁梨博搏";

/// Whether two characters look alike.
fn looks_like(a: char, b: char) -> bool {
    static PAIRS: LazyLock<FxHashSet<(char, char)>> = LazyLock::new(|| {
        let all: Vec<char> = ALIKE.chars().collect();
        all.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect()
    });
    PAIRS.contains(&(a, b)) || PAIRS.contains(&(b, a))
}

fn plain(sound: &str) -> (u8, &str) {
    let (head, tail) = match sound.as_bytes() {
        [b'z' | b'c' | b's', b'h', ..] => sound.split_at(2),
        [b'a' | b'o' | b'e', ..] => ("", sound),
        _ => sound.split_at(1.min(sound.len())),
    };
    let head = match head.as_bytes() {
        [] => 0,
        [b'n', ..] => b'l',
        [first, ..] => *first,
    };
    let tail = match tail {
        "ang" => "an",
        "eng" => "en",
        "ing" => "in",
        "uang" => "uan",
        "iang" => "ian",
        _ => tail,
    };
    (head, tail)
}
