package federa.ml;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.when;

import federa.pipeline.ColumnNames;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Predicts the label of a text, with the probabilities of all labels. */
public final class FederatedTextClassificationModel extends FederatedModel<FederatedTextClassificationModel>
        implements TextClassifierParams<FederatedTextClassificationModel> {

    public FederatedTextClassificationModel() {
        this(Identifiable.randomUID("federatedTextClassificationModel"));
    }

    public FederatedTextClassificationModel(String uid) {
        super(uid);
    }

    /** Reads what {@code save} wrote. */
    public static MLReader<FederatedTextClassificationModel> read() {
        return new Reader<>();
    }

    public static FederatedTextClassificationModel load(String path) {
        return read().load(path);
    }

    @Override
    void declare(ParamTable params) {
        TextClassifierParams.declare(params);
    }

    @Override
    String task() {
        return "classification";
    }

    @Override
    Map<String, Param<String>> columns() {
        return Map.of("text", textCol(), "prediction", predictionCol(), "probability", probabilityCol());
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return predicted(schema, isNumbers());
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        Dataset<Row> scored = super.transform(dataset);
        Column probability = ColumnNames.column(getOrDefault(probabilityCol()));
        Column[] ordered = order().stream().map(probability::getItem).toArray(Column[]::new);
        Dataset<Row> vectors = scored.withColumn(
                getOrDefault(probabilityCol()), when(probability.isNotNull(), array_to_vector(array(ordered))));
        return isNumbers()
                ? vectors.withColumn(
                        getOrDefault(predictionCol()),
                        ColumnNames.column(getOrDefault(predictionCol())).cast("double"))
                : vectors;
    }

    /** The labels, in the order of the probabilities: that of strings, or of numbers where labels are numbers. */
    public String[] labels() {
        return order().stream().map(scoring().labels()::get).toArray(String[]::new);
    }

    private List<Integer> order() {
        List<String> labels = scoring().labels();
        IntStream places = IntStream.range(0, labels.size());
        return isNumbers()
                ? places.boxed()
                        .sorted(Comparator.comparingDouble(i -> Double.parseDouble(labels.get(i))))
                        .toList()
                : places.boxed().toList();
    }

    private boolean isNumbers() {
        return scoring().experiment().data().source().hasNumericLabels();
    }
}
