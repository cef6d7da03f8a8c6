package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Groups of lines between blank lines. */
final class Blocks implements Records<List<String>> {

    private final Lines lines;
    private long start;

    Blocks(InputStream bytes) {
        this.lines = new Lines(bytes);
    }

    @Override
    public List<String> next() throws IOException, Malformed {
        List<String> block = new ArrayList<>();
        Malformed problem = null;
        boolean open = false;
        while (true) {
            try {
                String line = lines.next();
                boolean blank = line == null || line.isBlank();
                if (blank && (open || line == null)) {
                    break;
                }

                if (!blank) {
                    if (block.size() == Limits.PARTS) {
                        throw new Unusable(
                                start, "the record that starts here has more than %,d lines".formatted(Limits.PARTS));
                    }
                    block.add(line);
                }
            } catch (Malformed e) {
                // The lines behind it belong to the same record: read on to the blank line.
                problem = e;
            }

            if (!open && (problem != null || !block.isEmpty())) {
                open = true;
                start = lines.line();
            }
        }

        if (problem != null) {
            throw problem;
        }
        return block.isEmpty() ? null : block;
    }

    @Override
    public long line() {
        return start;
    }
}
