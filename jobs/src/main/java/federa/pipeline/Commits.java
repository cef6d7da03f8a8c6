package federa.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What follows the training of a round: its evaluation and its commit, in order, so that rounds never have a gap. */
sealed interface Commits extends AutoCloseable {

    /** Does this after those before; throws what one before failed with, or this if it is done already. */
    void add(Runnable commit);

    /** Waits until all that was added is committed; throws what it failed with. */
    void await();

    /** Lets a commit that has begun come to its end, whether it fails or not. */
    @Override
    void close();

    /** Each before the next round's training, in the thread that adds it. */
    final class BetweenRounds implements Commits {

        @Override
        public void add(Runnable commit) {
            commit.run();
        }

        @Override
        public void await() {
            // Nothing is ever under way.
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    /**
     * Each beside the next round's training, in a thread of their own. At most one round waits to be committed while another
     * is trained: that much is lost if the driver dies.
     */
    final class BesideTraining implements Commits {

        private final ExecutorService thread =
                Executors.newSingleThreadExecutor(work -> new Thread(work, "federa-commit"));
        private final Runnable onFailure;
        private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

        /**
         * Nothing to commit yet.
         *
         * @param onFailure stops the training that goes on while a commit fails
         */
        BesideTraining(Runnable onFailure) {
            this.onFailure = onFailure;
        }

        @Override
        public void add(Runnable commit) {
            await();
            last = CompletableFuture.runAsync(commit, thread).whenComplete((nothing, failure) -> {
                if (failure != null) {
                    onFailure.run();
                }
            });
        }

        @Override
        public void await() {
            try {
                last.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw e;
            }
        }

        @Override
        public void close() {
            thread.shutdown();
            last.exceptionally(failure -> null).join();
        }
    }
}
