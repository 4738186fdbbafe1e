//! The contract of [`EventLog`](crate::EventLog), as cases that every log runs.
//!
//! ```ignore
//! async fn fresh() -> (Arc<dyn EventLog>, TempDir) { … }
//! resit_event_log::contract!(fresh);
//! ```
//!
//! makes one test of each case. `fresh` hands out an empty log, and whatever has to live as long as the log does.

pub mod commands;
pub mod contents;
pub mod given;
pub mod limits;
pub mod racing;
pub mod reading;
pub mod streams;
pub mod time;

/// Makes one test of each case. `$fresh` names an async function that gives an empty log and what it lives on.
#[macro_export]
macro_rules! contract {
    ($fresh:path) => {
        $crate::contract!(@cases $fresh;
            streams::{
                a_commit_on_an_absent_stream_creates_it,
                a_stream_is_created_once,
                a_stream_goes_on_from_its_revision,
                a_conflict_names_stream_expectation_and_revision,
                an_expectation_ahead_of_the_stream_is_a_conflict,
                of_several_conflicts_the_first_slice_is_named,
                one_conflict_keeps_the_whole_commit_out,
                slices_take_consecutive_positions_in_order,
                each_commit_says_what_it_follows,
                streams_whose_names_share_a_prefix_are_strangers,
            }
            commands::{
                a_command_is_taken_once,
                a_command_is_taken_once_whatever_its_streams,
                a_taken_command_is_told_before_a_conflict,
                a_refused_commit_leaves_its_command_free,
                a_command_finds_all_its_records_in_order,
                an_unknown_command_finds_nothing,
            }
            racing::{
                of_a_hundred_racers_on_one_stream_one_wins,
                of_a_hundred_racers_with_one_command_one_wins,
                racers_over_crossed_streams_are_all_or_nothing,
                positions_are_given_once_under_concurrency,
                what_was_acknowledged_is_seen_by_the_next_read,
                a_stream_keeps_every_winner_in_order,
            }
            time::{
                recorded_time_is_the_handlers_time,
                recorded_time_never_runs_backwards,
                recorded_time_stands_still_rather_than_run_backwards_under_concurrency,
                the_end_of_time_can_be_recorded,
            }
            reading::{
                an_empty_log_has_no_head_and_no_records,
                the_whole_log_is_read_in_order,
                reading_stops_at_its_limit,
                a_limit_of_nothing_still_reads_one,
                each_record_names_the_one_before_it_on_its_stream,
                reading_in_steps_sees_every_record_once,
                a_stream_is_read_behind_a_position,
                a_glance_at_a_stream_sees_a_beginning_of_it,
                reading_behind_the_head_finds_nothing,
                waiting_returns_at_once_when_the_head_is_past,
                waiting_wakes_when_the_head_moves,
                every_waiter_wakes,
            }
            limits::{
                a_commit_without_slices_is_invalid,
                a_slice_without_events_is_invalid,
                a_stream_named_twice_is_invalid,
                too_many_slices_are_invalid,
                too_many_events_are_invalid,
                too_many_bytes_are_invalid,
                names_that_are_empty_or_too_long_are_invalid,
                an_invalid_commit_leaves_no_trace,
                the_largest_commit_is_taken,
                a_commit_of_many_slices_is_whole,
            }
            contents::{
                every_field_comes_back_as_it_went_in,
                bodies_may_hold_any_bytes,
                names_may_be_in_any_script,
                an_empty_body_stays_empty,
                a_large_body_comes_back_whole,
            }
        );
    };
    (@cases $fresh:path; $($group:ident::{$($case:ident,)*})*) => {$($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            let (log, _lives_as_long) = $fresh().await;
            $crate::contract::$group::$case(log).await;
        }
    )*)*};
}
