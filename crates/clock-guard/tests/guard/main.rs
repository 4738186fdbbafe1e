//! What is trusted and what is not.

mod properties;
mod table;
