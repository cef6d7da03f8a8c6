package federa.metric;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Numbers of the reference scorers; see metric/README.md of the resources. */
final class Cases {

    private Cases() {}

    static <T> List<T> read(String file, Class<T> type) {
        try (InputStream stream = Cases.class.getResourceAsStream("/metric/" + file)) {
            Gson gson = new Gson();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> gson.fromJson(line, type))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
