use super::*;

const HEADER: [&str; 11] = [
    "主订单编号",
    "子订单编号",
    "商品ID",
    "商家编码",
    "商品数量",
    "订单应付金额",
    "订单提交时间",
    "支付完成时间",
    "订单状态",
    "售后状态",
    "收件人",
];

fn read(rows: &[[&'static str; 11]]) -> (Vec<Read>, Vec<CellFault>) {
    let rows: Vec<SheetRow<'_>> = (2..).zip(rows).map(|(number, cells)| (number, cells.to_vec())).collect();
    Columns::find(&HEADER).unwrap().orders("douyin", &rows)
}

#[test]
fn rows_of_one_order_become_one_notice_with_its_lines() {
    let (orders, faults) = read(&[
        [
            "6917",
            "6917-1",
            "1",
            "cup-red",
            "2",
            "25.80",
            "2026-06-18 20:00:00",
            "2026/6/18 20:01",
            "待发货",
            "-",
            "张三",
        ],
        ["6918", "6918", "2", "-", "1", "¥1,299.00", "2026-06-18 20:02:00", "-", "待支付", "-", "##4f2a"],
        [
            "6917",
            "6917-2",
            "1",
            "cup-blue",
            "1",
            "12.90",
            "2026-06-18 20:00:00",
            "2026-06-18 20:01:00",
            "已关闭",
            "退款成功",
            "张三",
        ],
    ]);
    assert!(faults.is_empty(), "{faults:?}");
    let [first, second] = orders.as_slice() else { panic!("two orders") };
    assert_eq!((first.row, first.notice.lines.len()), (2, 2));
    assert_eq!(first.notice.lines[0].paid, Some(Fen(2_580)));
    // A line that was given up does not close the order, and its money is that of one line.
    assert!(!first.notice.reached.contains_key(&State::Closed));
    assert_eq!(first.notice.refunds, [Refund { id: "6917-2".to_owned(), fen: Some(Fen(1_290)) }]);
    assert_eq!(first.whom.as_ref().map(|whom| whom.name.as_str()), Some("张三"));
    assert_eq!(second.notice.lines[0].sku.as_str(), "2");
    assert_eq!(second.notice.state(), State::Created);
    assert!(second.whom.is_none(), "what the platform encrypted is nobody's name");
    let created = Millis::parse_rfc3339("2026-06-18T20:00:00+08:00").unwrap();
    assert_eq!(first.notice.reached.get(&State::Created), Some(&created));
}

#[test]
fn joined_products_are_lines_of_their_own_and_their_money_is_that_of_the_order() {
    let (orders, faults) = read(&[[
        "6917",
        "A1;A2",
        "1;2",
        "cup;lid",
        "1;3",
        "30",
        "2026-06-18 20:00:00",
        "-",
        "待支付",
        "-",
        "-",
    ]]);
    assert!(faults.is_empty(), "{faults:?}");
    let notice = &orders[0].notice;
    let lines: Vec<_> =
        notice.lines.iter().map(|it| (it.id.as_str(), it.sku.as_str(), it.quantity)).collect();
    assert_eq!(lines, [("A1", "cup", 1), ("A2", "lid", 3)]);
    assert_eq!((notice.paid, notice.lines[0].paid), (Some(Fen(3_000)), None));
}

#[test]
fn a_wrong_cell_is_named_by_its_row_and_column_and_leaves_the_other_orders() {
    let good = ["6917", "A", "1", "cup", "1", "30", "2026-06-18 20:00:00", "-", "待支付", "-", "-"];
    let with = |place: usize, text: &'static str, number: &'static str| {
        let mut row = good;
        row[place] = text;
        row[0] = number;
        row
    };
    let (orders, faults) = read(&[
        good,
        with(4, "两个", "6918"),
        with(5, "免费", "6919"),
        with(6, "昨天", "6920"),
        with(8, "好了", "6921"),
    ]);
    assert_eq!(orders.len(), 1);
    let found: Vec<_> = faults.iter().map(|fault| (fault.row, fault.column)).collect();
    assert_eq!(found, [(3, 4), (4, 5), (5, 6), (6, 8)]);
}

#[test]
fn columns_are_found_by_their_names_and_what_is_missing_is_said() {
    assert_eq!(Columns::find(&["商品", "订单状态"]).unwrap_err(), ["主订单编号", "订单提交时间"]);
    assert!(Columns::find(&["订单状态", "下单时间", "商品单价|商品金额", "订单编号"]).is_ok());
}

#[test]
fn amounts_and_times_are_read_without_a_float() {
    for (text, fen) in
        [("", Ok(None)), ("129.00", Ok(Some(12_900))), ("￥1,299.5", Ok(Some(129_950))), ("0", Ok(Some(0)))]
    {
        assert_eq!(money(text), fen, "{text}");
    }
    for text in ["-1", "1.234", "1e3", "12元", "99999999999999"] {
        assert_eq!(money(text), Err(NoAmount), "{text}");
    }
    assert_eq!(time("2026/6/8 9:05"), time("2026-06-08 09:05:00"));
    assert_eq!(time("2026-13-08 09:05:00"), None);
}
