package federa.encoder;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** RoBERTa's sequence head: out_proj(tanh(dense(first token))), dropout before both. */
final class ClassificationHead extends SequenceHead {

    private static final String DENSE = "classifier.dense";
    private static final String OUT = "classifier.out_proj";

    private final Dropout dropout;
    private final Linear dense;
    private final Linear outProj;

    ClassificationHead(Wiring wiring, EncoderConfig config, int labels) {
        super(labels);
        dropout = addChildBlock("dropout", wiring.dropout(config.dropout().head()));
        dense = addChildBlock("dense", new Linear(wiring, DENSE, config.hidden(), config.hidden()));
        outProj = addChildBlock("out_proj", new Linear(wiring, OUT, config.hidden(), labels));
    }

    @Override
    NDArray classify(NDArray first, boolean training) {
        NDArray pooled = dense.apply(dropout.apply(first, training), training).tanh();
        return outProj.apply(dropout.apply(pooled, training), training);
    }

    static Map<String, long[]> tensorShapes(EncoderConfig config, int labels) {
        return new TensorShapes()
                .linear(DENSE, config.hidden(), config.hidden())
                .linear(OUT, config.hidden(), labels)
                .byName();
    }
}
