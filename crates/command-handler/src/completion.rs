//! Work that its caller may stop waiting for and cannot stop.
//!
//! A commit that was handed to the log lands whether or not anybody waits for it. If the work around it were dropped there,
//! the states in memory would stay behind the log. So a future of a [`Completion`] runs inside its caller, at no extra cost,
//! and when the caller is dropped first, the runtime runs the rest.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// Runs futures to their end, whether or not their callers wait. Clones share one count of what is unfinished.
#[derive(Debug, Clone)]
pub struct Completion {
    /// The rests that the runtime runs, because their callers left.
    rests: TaskTracker,
}

impl Default for Completion {
    fn default() -> Self {
        let rests = TaskTracker::new();
        // A closed tracker takes tasks all the same; only closed ones can be waited for.
        rests.close();
        Self { rests }
    }
}

impl Completion {
    /// Makes a future that is run to its end once it was polled, by the runtime that it was polled in.
    ///
    /// A future that panics is not run further. On a runtime that shuts down, the rest ends with it.
    pub fn of<F>(&self, work: F) -> ToCompletion<F>
    where
        F: Future + Send + 'static,
        F::Output: Send,
    {
        ToCompletion { rest: Some(Box::pin(work)), runtime: None, rests: self.rests.clone() }
    }

    /// How many futures run on without their callers.
    pub fn unattended(&self) -> usize {
        self.rests.len()
    }

    /// Waits until no future runs on without its caller.
    pub async fn settled(&self) {
        self.rests.wait().await;
    }
}

/// A future that is run to its end; see [`Completion::of`].
#[must_use = "futures do nothing unless they are polled"]
pub struct ToCompletion<F>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    /// None when it is done, and while it is polled, so that one that panics is not polled again.
    rest: Option<Pin<Box<F>>>,
    /// Where it was polled; none before that.
    runtime: Option<Handle>,
    rests: TaskTracker,
}

impl<F> Future for ToCompletion<F>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut rest = self.rest.take().expect("nobody polls a future that has ended");
        let polled = rest.as_mut().poll(context);
        if polled.is_pending() {
            self.rest = Some(rest);
            if self.runtime.is_none() {
                self.runtime = Handle::try_current().ok();
            }
        }
        polled
    }
}

impl<F> Drop for ToCompletion<F>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn drop(&mut self) {
        if let (Some(rest), Some(runtime)) = (self.rest.take(), self.runtime.take()) {
            self.rests.spawn_on(async move { drop(rest.await) }, &runtime);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::oneshot;
    use tokio::task::yield_now;

    use super::*;

    /// A future that counts its steps, and waits for a word between two.
    fn steps(count: &Arc<AtomicUsize>, word: oneshot::Receiver<()>) -> impl Future<Output = ()> + use<> {
        let count = count.clone();
        async move {
            count.fetch_add(1, Ordering::SeqCst);
            word.await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn a_future_whose_caller_left_is_run_to_its_end() {
        let (completion, count) = (Completion::default(), Arc::default());
        let (say, word) = oneshot::channel();
        let mut waited_for = completion.of(steps(&count, word));
        tokio::select! {
            biased;
            () = &mut waited_for => unreachable!("nobody has said the word"),
            () = yield_now() => {}
        }
        drop(waited_for);
        assert_eq!(completion.unattended(), 1);
        say.send(()).unwrap();
        completion.settled().await;
        assert_eq!((count.load(Ordering::SeqCst), completion.unattended()), (2, 0));
    }

    #[tokio::test]
    async fn a_future_that_was_never_polled_is_not_begun() {
        let (completion, count) = (Completion::default(), Arc::default());
        let (_say, word) = oneshot::channel();
        drop(completion.of(steps(&count, word)));
        completion.settled().await;
        assert_eq!(count.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_future_that_ended_leaves_nothing_to_run() {
        let completion = Completion::default();
        assert_eq!(completion.of(async { 7 }).await, 7);
        assert_eq!(completion.unattended(), 0);
    }

    #[tokio::test]
    async fn a_future_that_panicked_is_not_polled_again() {
        let completion = Completion::default();
        let work = completion.of(async { panic!("a bug") });
        let joined = tokio::spawn(work).await;
        assert!(joined.unwrap_err().is_panic());
        completion.settled().await;
    }

    #[tokio::test]
    async fn work_goes_on_when_the_task_around_it_is_aborted() {
        let (completion, count) = (Completion::default(), Arc::default());
        let (say, word) = oneshot::channel();
        let task = tokio::spawn(completion.of(steps(&count, word)));
        while count.load(Ordering::SeqCst) == 0 {
            yield_now().await;
        }
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        say.send(()).unwrap();
        completion.settled().await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }
}
