package federa.ml;

import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.StructType;

/** Predicts a tag for every word, and the entities that the tags make. */
public final class FederatedTokenClassificationModel extends FederatedModel<FederatedTokenClassificationModel>
        implements TokenClassifierParams<FederatedTokenClassificationModel> {

    public FederatedTokenClassificationModel() {
        this(Identifiable.randomUID("federatedTokenClassificationModel"));
    }

    public FederatedTokenClassificationModel(String uid) {
        super(uid);
    }

    /** Reads what {@code save} wrote. */
    public static MLReader<FederatedTokenClassificationModel> read() {
        return new Reader<>();
    }

    public static FederatedTokenClassificationModel load(String path) {
        return read().load(path);
    }

    @Override
    void declare(ParamTable params) {
        TokenClassifierParams.declare(params);
    }

    @Override
    String task() {
        return "ner";
    }

    @Override
    Map<String, Param<String>> columns() {
        return Map.of("text", textCol(), "prediction", predictionCol(), "entities", entitiesCol());
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return predicted(schema);
    }
}
