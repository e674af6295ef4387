# Rust's blocks against what the program made.
EXTRA_DIST += tests/programs/rust_zoo.rs
SCRIPT_TESTS += tests/typing-rust/test.sh
