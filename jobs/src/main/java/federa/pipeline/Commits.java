package federa.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What follows the training of a round: its evaluation and its commit. Done beside the training of the next round, one
 * round at a time and in order, so the committed rounds never have a gap.
 *
 * <p>At most one round waits to be committed while another is trained: that much is lost if the driver dies.
 */
final class Commits implements AutoCloseable {

    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> new Thread(work, "federa-commit"));
    private final Runnable onFailure;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    /**
     * Nothing to commit yet.
     *
     * @param onFailure stops the training that goes on while a commit fails
     */
    Commits(Runnable onFailure) {
        this.onFailure = onFailure;
    }

    /** Waits for the round before, then starts with this one; throws what the one before failed with. */
    void add(Runnable commit) {
        await();
        last = CompletableFuture.runAsync(commit, thread).whenComplete((nothing, failure) -> {
            if (failure != null) {
                onFailure.run();
            }
        });
    }

    /** Waits until all that was added is committed; throws what it failed with. */
    void await() {
        try {
            last.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Lets a commit that has begun come to its end, whether it fails or not. */
    @Override
    public void close() {
        thread.shutdown();
        last.exceptionally(failure -> null).join();
    }
}
