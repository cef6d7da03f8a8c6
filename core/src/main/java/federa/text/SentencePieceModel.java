package federa.text;

import federa.spi.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A Unigram model as SentencePiece stores it, such as the {@code spm.model} of DeBERTaV3: a {@code ModelProto} in the
 * wire format of Protocol Buffers.
 *
 * @param file where it was read
 * @param pieces by id
 * @param unknownId the id for what no piece covers
 * @param characterMap how characters are normalised, checked; empty if they stay as they are
 * @see <a href="https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto">the schema</a>
 */
record SentencePieceModel(Path file, List<Piece> pieces, int unknownId, byte[] characterMap) {

    private static final long MAX_BYTES = 64L << 20; // the largest published ones have 5 MB
    private static final int UNIGRAM = 1;

    /** What a piece is; the order is that of the numbers in the file, from 1. */
    enum Kind {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE
    }

    record Piece(String text, float score, Kind kind) {}

    /**
     * Reads a model.
     *
     * @throws InvalidInputException naming the file, if it is damaged or no Unigram model
     */
    static SentencePieceModel read(Path file) {
        byte[] bytes;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidInputException(file + ": has more than 64 MB, that is no SentencePiece model");
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read (" + e + ")", e);
        }
        try {
            return parse(file, new WireReader(ByteBuffer.wrap(bytes)));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(
                    "%s: truncated or damaged, or no SentencePiece model of DeBERTaV3's kind: %s; fetch it again"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static SentencePieceModel parse(Path file, WireReader model) {
        List<Piece> pieces = new ArrayList<>();
        WireReader trainer = null;
        WireReader normalizer = null;
        while (model.next()) {
            switch (model.field()) {
                case 1 -> pieces.add(piece(model.message()));
                case 2 -> trainer = model.message();
                case 3 -> normalizer = model.message();
                default -> model.skip();
            }
        }
        if (trainer == null || normalizer == null) {
            throw new InvalidInputException("it does not say how it was trained or how it normalises");
        }
        requireDistinct(pieces);
        int unknownId = unknownId(trainer);
        if (unknownId >= pieces.size()) {
            throw new InvalidInputException("the unknown piece is %d of %d".formatted(unknownId, pieces.size()));
        }
        byte[] characterMap = characterMap(normalizer);
        CharacterMap.requireSound(characterMap);
        return new SentencePieceModel(file, List.copyOf(pieces), unknownId, characterMap);
    }

    private static Piece piece(WireReader piece) {
        String text = "";
        float score = 0;
        Kind kind = Kind.NORMAL;
        while (piece.next()) {
            switch (piece.field()) {
                case 1 -> text = piece.text();
                case 2 -> score = piece.real();
                case 3 -> kind = kind(piece.integer());
                default -> piece.skip();
            }
        }
        if (text.isEmpty() || !Float.isFinite(score)) {
            throw new InvalidInputException("the piece '%s' has the score %s".formatted(text, score));
        }
        return new Piece(text, score, kind);
    }

    private static Kind kind(int number) {
        if (number < 1 || number > Kind.values().length) {
            throw new InvalidInputException("%d is no kind of piece".formatted(number));
        }
        return Kind.values()[number - 1];
    }

    private static void requireDistinct(List<Piece> pieces) {
        Set<String> seen = new HashSet<>();
        for (Piece piece : pieces) {
            if (!seen.add(piece.text())) {
                throw new InvalidInputException("it has the piece '%s' twice".formatted(piece.text()));
            }
        }
    }

    private static int unknownId(WireReader trainer) {
        int unknownId = 0;
        while (trainer.next()) {
            switch (trainer.field()) {
                case 3 -> requireUnigram(trainer.integer());
                case 40 -> unknownId = trainer.integer();
                default -> trainer.skip();
            }
        }
        return unknownId;
    }

    private static void requireUnigram(int model) {
        if (model != UNIGRAM) {
            throw new InvalidInputException(
                    "its model type is %d, only %d, Unigram, is read".formatted(model, UNIGRAM));
        }
    }

    private static byte[] characterMap(WireReader normalizer) {
        byte[] map = {};
        while (normalizer.next()) {
            if (normalizer.field() == 2) {
                ByteBuffer bytes = normalizer.bytes();
                map = new byte[bytes.remaining()];
                bytes.get(map);
            } else {
                normalizer.skip();
            }
        }
        return map;
    }

    /**
     * The id of a piece that the model must have.
     *
     * @throws InvalidInputException naming the file, if it has not
     */
    int id(String text) {
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).text().equals(text)) {
                return id;
            }
        }
        throw new InvalidInputException(
                "%s: has no piece '%s', so it is not DeBERTaV3's; use the tokenizer.json that came with the model"
                        .formatted(file, text));
    }
}
