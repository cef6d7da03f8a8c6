package federa.engine;

import ai.djl.ndarray.NDArray;

/**
 * The numbers that an encoder's layers compute with. What trains, the optimizer, the residual stream with its LayerNorms,
 * the embeddings, the head and the loss are float32 in any case.
 */
public enum Precision {
    /** float32 throughout. */
    FP32 {
        @Override
        public NDArray stored(NDArray matrix) {
            return matrix;
        }

        @Override
        public NDArray of(NDArray activations) {
            return activations;
        }
    },
    /**
     * bfloat16: 8 bits of mantissa over float32's range. Frozen matrices are stored so, activations and trained matrices
     * are rounded as they are used, and sums within an operation are float32. Only for processors that have instructions
     * for it ({@link ProductSpeed}): without them it is up to a hundred times slower than float32.
     */
    BF16 {
        @Override
        public NDArray stored(NDArray matrix) {
            return Kernels.bf16(matrix);
        }

        @Override
        public NDArray of(NDArray activations) {
            return Kernels.bf16(activations);
        }
    },
    /**
     * Frozen matrices are stored in bfloat16 and widened as they are used; everything is computed in float32. Half of the
     * base model's memory, on any processor.
     */
    BF16_STORAGE {
        @Override
        public NDArray stored(NDArray matrix) {
            return Kernels.bf16(matrix);
        }

        @Override
        public NDArray of(NDArray activations) {
            return activations;
        }
    };

    /** A frozen float32 matrix as it is kept in memory; the matrix itself if nothing is narrowed. */
    public abstract NDArray stored(NDArray matrix);

    /** Float32 activations as a layer computes with them, gradients flowing back; the same array if nothing is narrowed. */
    public abstract NDArray of(NDArray activations);
}
