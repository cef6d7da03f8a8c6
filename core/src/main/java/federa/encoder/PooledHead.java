package federa.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.Map;

/**
 * DeBERTa's sequence head: classifier(gelu(pooler.dense(first token))), with a dropout of its own before each. The pooler
 * belongs to the head: a pre-trained checkpoint has none.
 */
final class PooledHead extends SequenceHead {

    private static final String POOLER = "pooler.dense";
    private static final String CLASSIFIER = "classifier";

    private final Dropout poolerDropout;
    private final Linear pooler;
    private final Dropout dropout;
    private final Linear classifier;

    PooledHead(Wiring wiring, EncoderConfig config, int labels) {
        super(labels);
        poolerDropout =
                addChildBlock("pooler_dropout", wiring.dropout(config.dropout().pooler()));
        pooler = addChildBlock("pooler", new Linear(wiring, POOLER, config.hidden(), config.hidden()));
        dropout = addChildBlock("dropout", wiring.dropout(config.dropout().head()));
        classifier = addChildBlock("classifier", new Linear(wiring, CLASSIFIER, config.hidden(), labels));
    }

    @Override
    NDArray classify(NDArray first, boolean training) {
        NDArray pooled = Activation.gelu(pooler.apply(poolerDropout.apply(first, training), training));
        return classifier.apply(dropout.apply(pooled, training), training);
    }

    static Map<String, long[]> tensorShapes(EncoderConfig config, int labels) {
        return new TensorShapes()
                .linear(POOLER, config.hidden(), config.hidden())
                .linear(CLASSIFIER, config.hidden(), labels)
                .byName();
    }
}
