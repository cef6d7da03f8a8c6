package federa.prepare;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LimitsTest {

    static Stream<Arguments> endless() {
        Function<InputStream, Records<?>> conll = bytes -> new Sentences(bytes, ConllColumns.any(0, -1));
        return Stream.of(
                of("commas", Csv::new, "a", ","),
                of("a field", Csv::new, "a,b\n", "x"),
                of("a quoted field", Csv::new, "\"", "\n"),
                of("tabs", Tsv::new, "", "\t"),
                of("a line", Tsv::new, "", "x"),
                of("words of a sentence", conll, "", "a O\n"),
                of("columns of a word", conll, "", "a "),
                of("lines of a block", Blocks::new, "", "a\n"),
                of("elements of a JSON line", JsonObjects::new, "{\"a\": [", "0,"),
                of("brackets of a JSON line", JsonObjects::new, "", "{\"a\":"),
                of("questions of a paragraph", SquadQuestions::new, "{\"data\":[{\"paragraphs\":[{\"qas\":[", "{},"),
                of("articles without a question", SquadQuestions::new, "{\"data\":[{\"x\":[", "[],"),
                of("a context", SquadQuestions::new, "{\"data\":[{\"paragraphs\":[{\"context\":\"", "xxxxxxxx"));
    }

    private static Arguments of(String name, Function<InputStream, Records<?>> format, String start, String repeated) {
        return Arguments.of(name, format, start, repeated);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endless")
    void aRecordThatNeverEndsIsRefused(
            String name, Function<InputStream, Records<?>> format, String start, String repeated) {
        Records<?> records = format.apply(new Endless(start, repeated));
        assertThatThrownBy(() -> {
                    // A format may give what stands before the record that never ends.
                    for (int i = 0; i < 3; i++) {
                        records.next();
                    }
                })
                .as(name)
                .isInstanceOf(Unusable.class)
                .hasMessageMatching("(?s).*(more than|longer than|exceeds the maximum).*");
    }

    /** Some bytes, then others again and again. */
    private static final class Endless extends InputStream {

        private final byte[] start;
        private final byte[] repeated;
        private long position;

        Endless(String start, String repeated) {
            this.start = start.getBytes(StandardCharsets.UTF_8);
            this.repeated = repeated.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public int read() {
            long at = position++;
            return at < start.length ? start[(int) at] : repeated[(int) ((at - start.length) % repeated.length)];
        }
    }
}
