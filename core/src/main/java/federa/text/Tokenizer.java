package federa.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import federa.spi.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Text to token ids, as the tokenizer files of a model directory say.
 *
 * <p>Safe for use by several threads: encoding changes nothing in the native tokenizer but a cache with a lock of its
 * own, and {@link #close} waits for encodings that run.
 */
public final class Tokenizer implements AutoCloseable {
    /** The files that a tokenizer may have in a model directory. */
    public static final List<String> FILES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "spm.model",
            "vocab.txt");

    /** Characters looked at first for each wanted token; English text has 4 to 5. */
    private static final int CHARACTERS_PER_TOKEN = 8;

    private final HuggingFaceTokenizer tokenizer;
    private final Path file;
    private final int padId;
    private final OptionalInt maskId;
    private final String lastToken;
    private final int lastId;
    private final boolean splitsAtSpaces;
    private final SpecialTokens special;
    private final ReadWriteLock closing = new ReentrantReadWriteLock();
    private boolean closed;

    private Tokenizer(HuggingFaceTokenizer tokenizer, TokenizerFile file) {
        this.tokenizer = tokenizer;
        this.file = file.file();
        this.padId = file.padId();
        this.maskId = file.maskId();
        this.lastToken = file.lastToken();
        this.lastId = file.lastId();
        this.splitsAtSpaces = file.splitsAtSpaces();
        this.special = specialTokens(tokenizer.getHandle(), file.file());
    }

    private static SpecialTokens specialTokens(long handle, Path file) {
        TokenizersLibrary library = TokenizersLibrary.LIB;
        try {
            return SpecialTokens.around(
                    ids(library.encode(handle, "a", false)),
                    encoded(library.encode(handle, "a", true)),
                    encoded(library.encodeDual(handle, "a", "a", true)));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Loads {@code tokenizer.json}, or without it RoBERTa's {@code vocab.json} and {@code merges.txt}, DeBERTaV3's {@code
     * spm.model} or BERT's {@code vocab.txt}. What {@code tokenizer_config.json}, {@code special_tokens_map.json} and
     * {@code added_tokens.json} say counts as in transformers; where that is not what the file says, a line is logged.
     * Nothing reaches the native library that could end the process.
     *
     * @throws InvalidInputException naming the directory or file, and what is wrong with it
     */
    public static Tokenizer load(Path directory) {
        TokenizerFile file = TokenizerFile.read(directory);
        byte[] json = file.encodingJson().getBytes(StandardCharsets.UTF_8);
        Map<String, String> options = Map.of("padding", "false", "truncation", "false");
        HuggingFaceTokenizer tokenizer;
        try {
            tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
        } catch (EngineException e) { // no native library: not the file's fault
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new InvalidInputException(
                    file.file() + ": is no tokenizer that can be loaded (" + e.getMessage()
                            + "); use the tokenizer.json that came with the model",
                    e);
        }
        try {
            return new Tokenizer(tokenizer, file);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /**
     * What {@link #load} loads as one {@code tokenizer.json}, whichever files the directory has.
     *
     * @throws InvalidInputException naming the directory or file, and what is wrong with it
     */
    public static String json(Path directory) {
        return TokenizerFile.read(directory).json();
    }

    /**
     * The ids of a text between the model's special tokens ({@code <s> ... </s>}), at most {@code maxTokens} in all; what
     * is too long loses its end. An empty text gives the special tokens alone.
     *
     * <p>Of a long text only as much is looked at as the ids need, where that provably changes nothing: up to a space.
     * One long word is encoded whole, at 0.4 to 1.4 seconds for a million characters.
     */
    public int[] encode(String text, int maxTokens) {
        int room = room(maxTokens);
        requireText(text);
        closing.readLock().lock();
        try {
            return frame(content(text, room, CHARACTERS_PER_TOKEN), room);
        } finally {
            closing.readLock().unlock();
        }
    }

    /** The same as {@link #encode(String, int)} of each text; the library works on several cores. */
    public List<int[]> encode(List<String> texts, int maxTokens) {
        int room = room(maxTokens);
        texts.forEach(Tokenizer::requireText);
        String[] starts = texts.stream()
                .map(text -> text.substring(0, cut(text, room, CHARACTERS_PER_TOKEN)))
                .toArray(String[]::new);
        closing.readLock().lock();
        try {
            long[] encodings = TokenizersLibrary.LIB.batchEncode(
                    handle(), Arrays.stream(starts).map(Tokenizer::wellFormed).toArray(String[]::new), false);
            List<int[]> contents = new ArrayList<>(encodings.length);
            for (long encoding : encodings) {
                contents.add(ids(encoding));
            }
            for (int i = 0; i < starts.length; i++) {
                String text = texts.get(i);
                boolean enough = contents.get(i).length >= room || starts[i].length() == text.length();
                int[] content = enough ? contents.get(i) : content(text, room, 4 * CHARACTERS_PER_TOKEN);
                contents.set(i, frame(content, room));
            }
            return contents;
        } finally {
            closing.readLock().unlock();
        }
    }

    /**
     * The tokens of the whole text, however long, without special tokens, and where they stand in it. A half of a
     * surrogate pair that stands alone counts as a character.
     */
    public Pieces pieces(String text) {
        requireText(text);
        closing.readLock().lock();
        try {
            return pieces(text, TokenizersLibrary.LIB.encode(handle(), wellFormed(text), false));
        } finally {
            closing.readLock().unlock();
        }
    }

    /** The same as {@link #pieces(String)} of each text; the library works on several cores. */
    public List<Pieces> pieces(List<String> texts) {
        texts.forEach(Tokenizer::requireText);
        closing.readLock().lock();
        try {
            long[] encodings = TokenizersLibrary.LIB.batchEncode(
                    handle(), texts.stream().map(Tokenizer::wellFormed).toArray(String[]::new), false);
            List<Pieces> pieces = new ArrayList<>(encodings.length);
            for (int i = 0; i < encodings.length; i++) {
                pieces.add(pieces(texts.get(i), encodings[i]));
            }
            return pieces;
        } finally {
            closing.readLock().unlock();
        }
    }

    /** The ids of a text between the model's special tokens: {@code <s> ids </s>}. */
    public int[] frame(int[] ids) {
        return special.frame(ids);
    }

    /** The ids of a pair of texts with the model's special tokens: {@code <s> first </s></s> second </s>}. */
    public int[] frame(int[] first, int[] second) {
        return special.frame(first, second);
    }

    /** The token types of {@link #frame(int[])}, the text having that many tokens: 0 each, in the models known here. */
    public int[] tokenTypes(int length) {
        return special.types(length);
    }

    /**
     * The token types of {@link #frame(int[], int[])}, the texts having that many tokens: in BERT 0 up to the first {@code
     * [SEP]} and 1 from there on; in RoBERTa, which has no token types, 0 each.
     */
    public int[] tokenTypes(int first, int second) {
        return special.types(first, second);
    }

    /** The number of special tokens before a text, or before the first of a pair. */
    public int leading() {
        return special.before().length;
    }

    /** The number of special tokens between the texts of a pair. */
    public int between() {
        return special.between().length;
    }

    /** Whether the second text of a pair, with the special tokens after it, has the token type 1; RoBERTa's has 0. */
    public boolean marksSecond() {
        int[] types = tokenTypes(1, 1);
        return types[types.length - 1] == 1;
    }

    /** The number of special tokens after a text, or after the second of a pair. */
    public int trailing() {
        return special.after().length;
    }

    /**
     * The id that hides a word in masked language modelling.
     *
     * @throws InvalidInputException if the tokenizer has no such token
     */
    public int maskId() {
        return maskId.orElseThrow(() -> new InvalidInputException(
                file + ": has no mask token; name one as mask_token in tokenizer_config.json"));
    }

    /** The id to fill up shorter rows of a batch with. */
    public int padId() {
        return padId;
    }

    /** One more than the highest id. */
    public int vocabularySize() {
        return lastId + 1;
    }

    /** Checks that a model with that many word embeddings has one for every id. */
    public void requireFits(int modelVocabularySize) {
        if (lastId >= modelVocabularySize) {
            throw new InvalidInputException(String.format(
                    "%s: token '%s' has id %d, but the model's vocabulary has %d entries; use the tokenizer that came with"
                            + " the model",
                    file, lastToken, lastId, modelVocabularySize));
        }
    }

    @Override
    public void close() {
        closing.writeLock().lock();
        try {
            closed = true;
            tokenizer.close();
        } finally {
            closing.writeLock().unlock();
        }
    }

    /** At least the first {@code room} ids of the text, without special tokens. */
    private int[] content(String text, int room, int charactersPerToken) {
        int end = cut(text, room, charactersPerToken);
        int[] ids = ids(TokenizersLibrary.LIB.encode(handle(), wellFormed(text.substring(0, end)), false));
        return ids.length >= room || end == text.length() ? ids : content(text, room, 4 * charactersPerToken);
    }

    /** The end of a start of the text whose ids are those that the whole text starts with. */
    private int cut(String text, int room, int charactersPerToken) {
        long enough = (long) charactersPerToken * Math.max(room, 1);
        if (splitsAtSpaces && enough < text.length()) {
            for (int end = (int) enough; end < text.length(); end++) {
                char next = text.charAt(end);
                if ((next == ' ' || next == '\n') && isVisible(text.codePointBefore(end))) {
                    return end;
                }
            }
        }
        return text.length();
    }

    /**
     * The text with U+FFFD for each half of a surrogate pair that stands alone. The native library would otherwise take
     * all pairs of such a text, whole ones too, for garbage.
     */
    private static String wellFormed(String text) {
        if (text.codePoints().noneMatch(Tokenizer::isLoneSurrogate)) {
            return text;
        }
        return text.codePoints()
                .map(character -> isLoneSurrogate(character) ? '\uFFFD' : character)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isLoneSurrogate(int character) {
        return Character.getType(character) == Character.SURROGATE;
    }

    /** Surely no white space in anybody's definition. */
    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private int[] frame(int[] content, int room) {
        return frame(content.length <= room ? content : Arrays.copyOf(content, room));
    }

    private int room(int maxTokens) {
        int around = leading() + trailing();
        if (maxTokens < around) {
            throw new InvalidInputException(String.format(
                    "max tokens must be >= %d, the number of special tokens around a text, got %d", around, maxTokens));
        }
        return maxTokens - around;
    }

    private long handle() {
        if (closed) {
            throw new IllegalStateException("the tokenizer of " + file + " is closed");
        }
        return tokenizer.getHandle();
    }

    private static void requireText(String text) {
        if (text == null) {
            throw new InvalidInputException("a text is null; give an empty text or leave the row out");
        }
    }

    /**
     * Takes the ids out of a native encoding and frees it. HuggingFaceTokenizer.encode would also build a Java object
     * for each token's text and span, which takes several times as long as the encoding itself.
     */
    private static int[] ids(long encoding) {
        try {
            return narrow(TokenizersLibrary.LIB.getTokenIds(encoding));
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    /** Takes ids and token types out of a native encoding and frees it. */
    private static SpecialTokens.Encoded encoded(long encoding) {
        try {
            return new SpecialTokens.Encoded(
                    narrow(TokenizersLibrary.LIB.getTokenIds(encoding)),
                    narrow(TokenizersLibrary.LIB.getTypeIds(encoding)));
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    /** Takes ids and spans out of a native encoding and frees it; there is no way to the spans but an object for each. */
    private static Pieces pieces(String text, long encoding) {
        try {
            int[] ids = narrow(TokenizersLibrary.LIB.getTokenIds(encoding));
            CharSpan[] spans = TokenizersLibrary.LIB.getTokenCharSpans(encoding);
            return new Spans(text).of(ids, spans);
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    private static int[] narrow(long[] wide) {
        int[] ids = new int[wide.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) wide[i];
        }
        return ids;
    }
}
