package federa.encoder;

import ai.djl.ndarray.NDArray;
import federa.engine.GradMode;
import federa.engine.Kernels;
import federa.engine.Torch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient checkpointing: of each layer only the input is kept, and the layer is computed a second time when its
 * gradients are due. That takes the memory of one layer instead of all, and a third more time if all trains, half more if
 * little does; the gradients are the same to the bit. Layers below the first one that trains keep nothing and run once.
 *
 * @see <a href="https://arxiv.org/abs/1604.06174">Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost</a>
 */
public final class CheckpointedPass extends LayerPass {

    private final DropoutSeeds seeds;
    private final Deque<Checkpoint> checkpoints = new ArrayDeque<>();

    /** Where the layers' graphs were cut from what they share, and what made that. */
    private final List<Cut> cuts = new ArrayList<>();

    /** Whether gradients must reach the output of the last layer so far. */
    private boolean recording;

    /**
     * For a model.
     *
     * @param seeds of all its dropout masks
     */
    public CheckpointedPass(DropoutSeeds seeds) {
        this.seeds = seeds;
    }

    /** An array that trains something, and the leaf that stands for it above. */
    private record Cut(NDArray made, NDArray leaf) {

        static Cut of(NDArray made) {
            NDArray leaf = made.stopGradient();
            leaf.setRequiresGradient(true);
            return new Cut(made, leaf);
        }

        void backward() {
            try (NDArray gradient = leaf.getGradient()) {
                Torch.backward(made, gradient);
            }
        }
    }

    /** A layer to be computed again: its input, its output's leaf, and where its seeds began. */
    private record Checkpoint(NDArray input, NDArray output, UnaryOperator<NDArray> layer, long mark) {}

    @Override
    AttentionContext begin(AttentionContext context, boolean training) {
        checkpoints.clear();
        cuts.clear();
        recording = false;
        if (!training || context.relative() == null || !Kernels.tracked(context.relative())) {
            return context;
        }
        Cut relative = Cut.of(context.relative());
        cuts.add(relative);
        recording = true;
        return new AttentionContext(context.mask(), relative.leaf(), context.rows());
    }

    @Override
    NDArray through(NDArray input, EncoderLayer block, UnaryOperator<NDArray> layer, boolean training) {
        if (!training) {
            return only(input, layer);
        }
        NDArray kept = input;
        if (checkpoints.isEmpty() && Kernels.tracked(input)) {
            Cut embedded = Cut.of(input);
            cuts.add(embedded);
            kept = embedded.leaf();
            recording = true;
        }
        recording |= block.trains();
        if (!recording) {
            return only(input, layer);
        }
        long mark = seeds.mark();
        NDArray output = forward(kept, layer);
        output.setRequiresGradient(true);
        checkpoints.push(new Checkpoint(kept, output, layer, mark));
        return output;
    }

    /** The layer's output and nothing else. */
    private static NDArray forward(NDArray input, UnaryOperator<NDArray> layer) {
        try (GradMode off = GradMode.off()) {
            return beside(input, layer);
        }
    }

    @Override
    void backward(NDArray loss) {
        Torch.backward(loss);
        long mark = seeds.mark();
        while (!checkpoints.isEmpty()) {
            backward(checkpoints.pop());
        }
        seeds.reset(mark);
        cuts.forEach(Cut::backward);
        cuts.clear();
    }

    private void backward(Checkpoint checkpoint) {
        seeds.reset(checkpoint.mark());
        try (NDArray gradient = checkpoint.output().getGradient()) {
            checkpoint.output().close();
            try (NDArray again = beside(checkpoint.input(), checkpoint.layer())) {
                Torch.backward(again, gradient); // the gradient of its input is the next one down
            }
        }
    }
}
