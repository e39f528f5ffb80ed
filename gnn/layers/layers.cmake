# Layers on the message-passing operators, part of roadgnn_gnn.
target_sources(roadgnn_gnn PRIVATE
  layers/attention_graph.cpp
  layers/conv.cpp
  layers/detail/input_checks.cpp
  layers/encoder.cpp
  layers/encoder_inference.cpp
  layers/network.cpp)
