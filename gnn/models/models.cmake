# The route model, part of roadgnn_gnn.
target_link_libraries(roadgnn_gnn PUBLIC roadgnn::decode)
target_sources(roadgnn_gnn PRIVATE
  models/day_tensors.cpp
  models/edge_decoder.cpp
  models/model_scorer.cpp
  models/road_encoder.cpp
  models/road_tensors.cpp
  models/route_model.cpp
  models/stop_encoder.cpp
  models/detail/day_summary.cpp
  models/detail/edge_features.cpp
  models/detail/feature_product.cpp
  models/detail/stop_features.cpp
  models/detail/type_features.cpp)
# Their only use of LibTorch's precompiled header would be to wait for it.
set_source_files_properties(
  models/detail/day_summary.cpp models/detail/edge_features.cpp
  models/detail/stop_features.cpp models/detail/type_features.cpp
  PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
