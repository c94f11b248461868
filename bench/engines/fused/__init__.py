"""The GPU engine: many seeds' trials in one stack, each training step a few fused Triton kernels in a CUDA graph.

Importing this package needs no Triton; training does.
"""
