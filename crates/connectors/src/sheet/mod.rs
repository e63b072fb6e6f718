//! Spreadsheets (表格): CSV and XLSX, read cell by cell.
