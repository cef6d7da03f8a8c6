package federa.encoder;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import federa.checkpoint.JsonFile;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The classes of a head that came from elsewhere, in the order of its rows: {@code id2label} of a {@code config.json}.
 *
 * @param names of the classes; empty if nothing names them
 */
public record HeadClasses(List<String> names) {

    /** What the transformers library calls class 3 if nobody gave it a name: {@code LABEL_3}. */
    private static final String GENERIC = "LABEL_";

    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,18}(\\.[0-9]{1,18})?");

    private static final int SHOWN = 10;

    public HeadClasses {
        names = List.copyOf(names);
    }

    /** Classes without names. */
    public static HeadClasses unnamed() {
        return new HeadClasses(List.of());
    }

    /** The names in {@code config.json} of a model directory. */
    public static HeadClasses read(Path modelDirectory) {
        return of(JsonFile.read(modelDirectory.resolve("config.json")));
    }

    /** The names that a configuration gives: {@code id2label}, or else {@code label2id}; unnamed if neither counts from 0. */
    public static HeadClasses of(JsonObject config) {
        Map<String, String> byId = new HashMap<>();
        if (config.get("id2label") instanceof JsonObject names) {
            names.entrySet().forEach(entry -> byId.put(entry.getKey(), text(entry.getValue())));
        } else if (config.get("label2id") instanceof JsonObject ids) {
            ids.entrySet().forEach(entry -> byId.put(text(entry.getValue()), entry.getKey()));
        }
        boolean whole = IntStream.range(0, byId.size()).allMatch(id -> byId.containsKey(Integer.toString(id)));
        return whole
                ? new HeadClasses(IntStream.range(0, byId.size())
                        .mapToObj(id -> byId.get(Integer.toString(id)))
                        .toList())
                : unnamed();
    }

    private static String text(JsonElement value) {
        return value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }

    /**
     * Which row of the head belongs to each label: by the names, case apart; or, if the labels are the numbers 0 to n - 1,
     * by these; or by position if that is asked for.
     *
     * @param labels of the data, as many as the head has classes, in the order in which a head should have them
     * @return a permutation of the rows; nothing if the head tells other classes apart
     */
    public Optional<int[]> rows(List<String> labels, HeadLabels rule) {
        List<String> named = names(labels.size());
        List<String> numbers =
                IntStream.range(0, labels.size()).mapToObj(Integer::toString).toList();
        return matched(named, labels, UnaryOperator.identity())
                .or(() -> matched(named, labels, HeadClasses::alike))
                .or(() -> matched(numbers, labels, HeadClasses::alike))
                .or(() -> rule == HeadLabels.BY_POSITION
                        ? Optional.of(IntStream.range(0, labels.size()).toArray())
                        : Optional.empty());
    }

    /** The names of so many classes: generic ones if these names are those of another number of classes. */
    private List<String> names(int classes) {
        return names.size() == classes
                ? names
                : IntStream.range(0, classes).mapToObj(id -> GENERIC + id).toList();
    }

    private static Optional<int[]> matched(List<String> classes, List<String> labels, UnaryOperator<String> form) {
        List<String> have = classes.stream().map(form).toList();
        List<String> want = labels.stream().map(form).toList();
        boolean same = have.size() == want.size()
                && new HashSet<>(have).size() == have.size()
                && new HashSet<>(have).equals(new HashSet<>(want));
        return same ? Optional.of(want.stream().mapToInt(have::indexOf).toArray()) : Optional.empty();
    }

    /** The same for names that differ in case alone, and for numbers of one value. */
    private static String alike(String name) {
        String bare = name.strip();
        return NUMBER.matcher(bare).matches()
                ? new BigDecimal(bare).stripTrailingZeros().toPlainString()
                : bare.toLowerCase(Locale.ROOT);
    }

    /** The head's tensors that have a row for every class: those whose shape changes with the number of classes. */
    static SortedSet<String> lastLayer(EncoderConfig config, HeadKind kind, int outputs) {
        Map<String, long[]> more = config.family().headShapes(kind, config, outputs + 1);
        SortedSet<String> last = new TreeSet<>();
        config.family().headShapes(kind, config, outputs).forEach((name, shape) -> {
            if (!Arrays.equals(shape, more.get(name))) {
                last.add(name);
            }
        });
        return last;
    }

    /**
     * Tensors with the rows of the head's last layer in another order.
     *
     * @param rows for each row of the result, which one of the tensors' it is
     */
    public static TensorMap reorder(TensorMap tensors, EncoderConfig config, HeadKind kind, int[] rows) {
        Map<String, Tensor> reordered = new TreeMap<>();
        lastLayer(config, kind, rows.length).forEach(name -> reordered.put(name, reorder(tensors.get(name), rows)));
        return tensors.with(new TensorMap(reordered));
    }

    private static Tensor reorder(Tensor tensor, int[] rows) {
        int width = tensor.values().length / rows.length;
        float[] values = new float[tensor.values().length];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(tensor.values(), rows[row] * width, values, row * width, width);
        }
        return new Tensor(tensor.shape(), values);
    }

    /** The names as {@code id2label} has them. */
    public JsonObject toId2Label() {
        JsonObject json = new JsonObject();
        IntStream.range(0, names.size()).forEach(id -> json.addProperty(Integer.toString(id), names.get(id)));
        return json;
    }

    /**
     * Says in a message why {@link #rows} has found none.
     *
     * @param labels of the data
     */
    public String mismatch(List<String> labels) {
        return "the head's classes are %s, the data's labels %s"
                .formatted(shortened(names(labels.size())), shortened(labels));
    }

    private static String shortened(List<String> names) {
        return names.size() <= SHOWN
                ? names.toString()
                : "%s and %s more".formatted(names.subList(0, SHOWN), names.size() - SHOWN);
    }
}
