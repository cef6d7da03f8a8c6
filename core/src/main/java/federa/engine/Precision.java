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
        public NDArray of(NDArray array) {
            return array;
        }
    },
    /**
     * bfloat16: 8 bits of mantissa over float32's range. Frozen matrices are stored so, trained ones are rounded as they
     * are used, and sums within an operation are float32.
     */
    BF16 {
        @Override
        public NDArray of(NDArray array) {
            return Kernels.bf16(array);
        }
    };

    /** A float32 array in this precision, gradients flowing back; the array itself if it has it already. */
    public abstract NDArray of(NDArray array);
}
