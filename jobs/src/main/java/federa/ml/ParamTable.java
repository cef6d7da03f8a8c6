package federa.ml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** The params of an estimator or a model by their names. */
final class ParamTable {

    private final Params parent;
    private final Map<String, Param<?>> params = new LinkedHashMap<>();

    ParamTable(Params parent) {
        this.parent = parent;
    }

    /** Declares a text without a default. */
    void text(String name, String doc) {
        params.put(name, new Param<String>(parent, name, doc));
    }

    /** Declares the name of a column. */
    void column(String name, String standard, String doc) {
        Param<String> param = new Param<>(parent, name, doc);
        params.put(name, param);
        parent.setDefault(param, standard);
    }

    /** Declares any param, with its default. */
    @SuppressWarnings("unchecked") // the param takes values of the default's type
    void add(Param<?> param, Object standard) {
        add(param);
        parent.setDefault(
                (Param<Object>) param, standard instanceof List<?> list ? list.toArray(String[]::new) : standard);
    }

    /** Declares any param, without a default. */
    void add(Param<?> param) {
        params.put(param.name(), param);
    }

    Param<?> get(String name) {
        return params.get(name);
    }
}
