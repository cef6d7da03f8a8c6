package federa.encoder;

/** How the classes of a head that came with a model are matched with the labels of the data. */
public enum HeadLabels {
    /** By their names or numbers alone. A head whose classes cannot be matched so is not used. */
    BY_NAME,
    /** By their names or numbers, and where these do not match, the head's first class is the data's first label. */
    BY_POSITION
}
