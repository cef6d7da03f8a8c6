package federa.encoder;

/** What a model's head reads out of the hidden states. */
public enum HeadKind {
    /** A class for the whole text: hidden (B, T, H) -> (B, labels). */
    SEQUENCE,
    /** A class for every token: hidden (.., H) -> (.., labels). */
    TOKENS,
    /** Where a span starts and where it ends: hidden (.., H) -> (.., 2), start before end. */
    SPAN,
    /** The token that belongs in a place: hidden (.., H) -> (.., vocabulary). */
    VOCABULARY
}
