//! The console is built apart; when it changes, the program that carries it has to be built again.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
