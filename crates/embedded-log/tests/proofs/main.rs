//! What the embedded log promises, and what it does when the machine breaks its own promises.

mod apart;
mod contract;
mod copies;
mod cuts;
mod device;
mod earlier_versions;
mod failed_sync;
mod flips;
mod folders;
mod forge;
mod full_disk;
mod given;
mod gone;
mod index_bounds;
mod index_loss;
mod index_stuck;
mod kills;
mod model;
mod planted;
mod repairs;
mod stalled;
mod stops;
mod swaps;
