//! The memory log keeps the contract.
