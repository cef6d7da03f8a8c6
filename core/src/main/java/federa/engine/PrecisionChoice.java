package federa.engine;

/** What a configuration wants an encoder's layers to be computed in. */
public enum PrecisionChoice {
    /** Bfloat16 where every processor of the run multiplies faster in it, otherwise float32. */
    AUTO {
        @Override
        public Precision on(ProductSpeed processor) {
            return processor.favoursBf16() ? Precision.BF16 : Precision.FP32;
        }
    },
    FP32 {
        @Override
        public Precision on(ProductSpeed processor) {
            return Precision.FP32;
        }
    },
    /** Bfloat16; where a processor is slower in it, the matrices are stored so and products computed in float32. */
    BF16 {
        @Override
        public Precision on(ProductSpeed processor) {
            return processor.gain() < 1 ? Precision.BF16_STORAGE : Precision.BF16;
        }
    },
    /** Matrices stored in bfloat16, products in float32, on any processor. */
    BF16_STORAGE {
        @Override
        public Precision on(ProductSpeed processor) {
            return Precision.BF16_STORAGE;
        }
    };

    /** The precision of a run whose slowest processor, as far as bfloat16 goes, is this one. */
    public abstract Precision on(ProductSpeed processor);

    /** Whether a processor has to be measured to know what this choice comes to. */
    public boolean dependsOnProcessor() {
        return this == AUTO || this == BF16;
    }

    /** Whether a run that was asked for this choice may have been stored with that one. */
    public boolean mayBecome(PrecisionChoice stored) {
        return this == stored
                || (this == AUTO && (stored == FP32 || stored == BF16))
                || (this == BF16 && stored == BF16_STORAGE);
    }
}
