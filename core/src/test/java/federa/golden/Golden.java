package federa.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.task.Batch;
import federa.task.Example;
import federa.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A folder of numbers that the reference computed; its manifest describes every array with tolerances.
 *
 * <p>It is the folder of {@code -Dgolden.dir=DIR}, or the copy in the test resources. A folder that is not there skips
 * the test that needs it.
 */
final class Golden {

    private final Path root;
    private final JsonObject manifest;
    private final Map<String, JsonObject> arrays = new TreeMap<>();

    private Golden(Path root) throws IOException {
        this.root = root;
        manifest = JsonParser.parseString(Files.readString(root.resolve("manifest.json")))
                .getAsJsonObject();
        for (JsonElement element : manifest.getAsJsonArray("arrays")) {
            JsonObject array = element.getAsJsonObject();
            arrays.put(array.get("path").getAsString(), array);
        }
    }

    static Golden open() {
        String given = System.getProperty("golden.dir", "");
        try {
            return new Golden(given.isBlank() ? Path.of("src/test/resources/golden") : Path.of(given));
        } catch (IOException e) {
            throw new UncheckedIOException("golden.dir=" + given, e);
        }
    }

    /** The directory; skips the test if it is not part of this set. */
    Path directory(String name) {
        Path directory = root.resolve(name);
        assumeTrue(Files.isDirectory(directory), () -> directory + " is not there: skipped");
        return directory;
    }

    /** A number among the manifest's parameters, such as the rank. */
    double parameter(String name) {
        return manifest.getAsJsonObject("parameters").get(name).getAsDouble();
    }

    List<Integer> parameters(String name) {
        List<Integer> values = new ArrayList<>();
        manifest.getAsJsonObject("parameters").getAsJsonArray(name).forEach(e -> values.add(e.getAsInt()));
        return values;
    }

    boolean has(String path) {
        return arrays.containsKey(path + ".npy");
    }

    JsonObject entry(String path) {
        return arrays.get(path + ".npy");
    }

    /** The names X of the arrays {@code prefix + X} that the manifest lists. */
    List<String> names(String prefix) {
        List<String> names = new ArrayList<>();
        for (String path : arrays.keySet()) {
            if (path.startsWith(prefix)) {
                names.add(path.substring(prefix.length(), path.length() - ".npy".length()));
            }
        }
        return names;
    }

    List<String> parameterOrder(String path) {
        List<String> order = new ArrayList<>();
        entry(path).getAsJsonArray("parameter_order").forEach(e -> order.add(e.getAsString()));
        return order;
    }

    double[] values(String path) {
        return Npy.read(root.resolve(path + ".npy")).values();
    }

    Tensor tensor(String path) {
        Npy npy = Npy.read(root.resolve(path + ".npy"));
        float[] floats = new float[npy.values().length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) npy.values()[i];
        }
        return new Tensor(npy.shape(), floats);
    }

    /** Rows of integers: an array (rows, columns). */
    int[][] rows(String path) {
        Npy npy = Npy.read(root.resolve(path + ".npy"));
        int columns = (int) npy.shape()[1];
        int[][] rows = new int[(int) npy.shape()[0]][columns];
        for (int i = 0; i < npy.values().length; i++) {
            rows[i / columns][i % columns] = (int) npy.values()[i];
        }
        return rows;
    }

    /** The stored batch of a folder, its padding cut off: padding is our own business. */
    Batch batch(String folder) {
        int[][] ids = rows(folder + "/input_ids");
        int[][] mask = rows(folder + "/attention_mask");
        List<Example> examples = new ArrayList<>();
        for (int row = 0; row < ids.length; row++) {
            int length = Arrays.stream(mask[row]).sum();
            examples.add(Example.pair(
                    Arrays.copyOf(ids[row], length), second(folder, row, length), targets(folder, row, length)));
        }
        return new Batch(examples);
    }

    /** Where the second text begins: at the first token of type 1. */
    private int second(String folder, int row, int length) {
        if (!has(folder + "/token_type_ids")) {
            return length;
        }
        int[] types = Arrays.copyOf(rows(folder + "/token_type_ids")[row], length);
        int second = length - Arrays.stream(types).sum();
        assertThat(Arrays.stream(types, 0, second).sum()).as(folder).isZero();
        return second;
    }

    /** A class, the classes of the tokens, or the ends of a span. */
    private int[] targets(String folder, int row, int length) {
        if (has(folder + "/start_positions")) {
            return new int[] {
                (int) values(folder + "/start_positions")[row], (int) values(folder + "/end_positions")[row]
            };
        }
        if (entry(folder + "/labels").getAsJsonArray("shape").size() == 2) {
            return Arrays.copyOf(rows(folder + "/labels")[row], length);
        }
        return new int[] {(int) values(folder + "/labels")[row]};
    }

    /** |got - stored| <= atol + rtol |stored| everywhere, with the tolerances of the manifest. */
    void assertClose(String path, float[] got) {
        double[] stored = values(path);
        assertThat(got.length).as(path).isEqualTo(stored.length);
        for (int i = 0; i < got.length; i++) {
            requireClose(path, i, got[i], stored[i]);
        }
    }

    /** As {@link #assertClose}, only at the positions of real tokens; the array is (batch, time, width). */
    void assertCloseWhere(String path, float[] got, int[][] mask) {
        double[] stored = values(path);
        assertThat(got.length).as(path).isEqualTo(stored.length);
        int width = stored.length / (mask.length * mask[0].length);
        for (int i = 0; i < got.length; i++) {
            int position = i / width;
            if (mask[position / mask[0].length][position % mask[0].length] == 1) {
                requireClose(path, i, got[i], stored[i]);
            }
        }
    }

    private void requireClose(String path, int index, double got, double stored) {
        JsonObject entry = entry(path);
        double tolerance = entry.get("atol").getAsDouble() + entry.get("rtol").getAsDouble() * Math.abs(stored);
        if (!(Math.abs(got - stored) <= tolerance)) {
            fail("%s[%d]: got %s, stored %s, tolerance %s", path, index, got, stored, tolerance);
        }
    }
}
