package dev.dropwise.worker.diagnosis;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.config.PixelScale;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.PeerRecord;
import java.util.List;

/** Examinations on their way to ranks, facts on their way back, and what pairs of ranks tell one another. */
public final class DiagnosisCodec {
    private final Codec codec = new Codec(List.of(
            Examination.class,
            DataConfig.class,
            PixelScale.class,
            Holdout.class,
            OutputMark.class,
            RankFacts.class,
            RankFacts.MachineFacts.class,
            RankFacts.StorageFacts.class,
            RankFacts.LinkFacts.class,
            RankFacts.LinkSpeed.class,
            SharedMemoryRoom.class,
            ProductSpeed.class,
            Answer.Found.class,
            Answer.Problem.class,
            ExitCode.class,
            Hello.class,
            PeerRecord.class));

    /** The bytes of any of these. */
    public byte[] encode(Object value) {
        return codec.encode(value);
    }

    /** One of these back from its bytes. */
    public <T> T decode(byte[] bytes, Class<T> type) {
        return codec.decode(bytes, type);
    }
}
