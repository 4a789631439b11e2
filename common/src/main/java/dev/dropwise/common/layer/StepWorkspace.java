package dev.dropwise.common.layer;

import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;

/**
 * Memory for one forward and backward pass: a single workspace for everything but the insides of recurrent loops, which
 * is reused from step to step. A fresh array of a few hundred kilobytes would cost more than the layer that fills it.
 */
final class StepWorkspace {
    private static final WorkspaceConfiguration GROWING = WorkspaceConfiguration.builder()
            .initialSize(0)
            .overallocationLimit(0.05)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policyReset(ResetPolicy.BLOCK_LEFT)
            .policySpill(SpillPolicy.REALLOCATE)
            .policyAllocation(AllocationPolicy.OVERALLOCATE)
            .build();

    private StepWorkspace() {}

    /** A manager whose workspaces belong to the calling thread and to {@code name}. */
    static LayerWorkspaceMgr manager(String name) {
        return LayerWorkspaceMgr.builder()
                .with(ArrayType.RNN_FF_LOOP_WORKING_MEM, name + "_LOOP", GROWING)
                .with(ArrayType.RNN_BP_LOOP_WORKING_MEM, name + "_LOOP", GROWING)
                .defaultWorkspace(name, GROWING)
                .build();
    }
}
