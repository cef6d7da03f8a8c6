package federa.partition;

/** What of a text decides which texts are alike. */
public enum Representation {
    /** Its words, weighted by how rare they are: needs nothing but the texts. */
    TF_IDF,
    /** The base model's last hidden states, averaged over its tokens: closer to FedNLP, which takes a sentence encoder. */
    ENCODER
}
