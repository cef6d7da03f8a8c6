package federa.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An array of a .npy file of version 1.0, C order, little-endian f4 or i8. */
record Npy(long[] shape, double[] values) {

    private static final int PREAMBLE = 10;

    static Npy read(Path file) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = bytes.getShort(8);
            String header = new String(bytes.array(), PREAMBLE, headerLength, StandardCharsets.US_ASCII);
            long[] shape = Arrays.stream(group(header, "'shape': \\(([^)]*)\\)").split(","))
                    .map(String::trim)
                    .filter(s -> !s.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
            int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            ByteBuffer data = bytes.position(PREAMBLE + headerLength).slice().order(ByteOrder.LITTLE_ENDIAN);
            double[] values = new double[size];
            String type = group(header, "'descr': '([^']*)'");
            for (int i = 0; i < size; i++) {
                values[i] = switch (type) {
                    case "<f4" -> data.getFloat();
                    case "<i8" -> data.getLong();
                    default -> throw new IllegalArgumentException(file + " holds " + type);
                };
            }
            return new Npy(shape, values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String group(String header, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(header);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no " + pattern + " in " + header);
        }
        return matcher.group(1);
    }
}
